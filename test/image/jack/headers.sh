#!/bin/bash
# Says how large jack_position_t is for a program that includes each of JACK's headers first.
#
#   headers.sh ARCH [NAME FOLDER]...     (NAME: what to call the headers in FOLDER)
set -euo pipefail
arch=$1
shift
compiler=$(dpkg-architecture -q DEB_HOST_MULTIARCH -a "$arch" 2> /dev/null)-gcc
while [ $# -gt 0 ]; do
  for first in jack types transport session midiport; do
    printf '#include <jack/%s.h>\n#include <jack/jack.h>\nchar size[sizeof(jack_position_t)];\n' "$first" > position.c
    "$compiler" -I"$2" -Wno-deprecated-declarations -c -o position.o position.c
    echo "$arch $1 position $first $((16#$(nm -S --format=posix position.o | sed -n 's/^size . [0-9a-f]* //p')))"
  done
  shift 2
done
