#!/bin/bash
# Fetches a file of the Debian archive, whose sha256 is known, into a folder that is kept.
#
#   fetch.sh PATH SHA256 TARGET ASKED
#
# PATH    below the archive, which is where apt has it
# ASKED   the file that names path and hash, for messages
#
# Prints nothing, or why the file cannot be had. Nobody ever sees half of a file, nor a wrong one.
set -eu
path=$1 sha256=$2 target=$3 asked=$4
is_right() { echo "$sha256  $1" | sha256sum --check --status 2> /dev/null; }

exec 9> "$target.lock" && flock 9 # another build may fetch it just now
rm -f "$target".*.half            # left by one that was killed
! is_right "$target" || exit 0
half=$(mktemp "$target.XXXXXX.half")
trap 'rm -f "$half"' EXIT
# shellcheck disable=SC2013 # addresses have no spaces
for archive in $(sed -n 's/^deb \(\[[^]]*\] *\)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list | sort -u); do
  /usr/lib/apt/apt-helper -o Acquire::Retries=3 -o APT::Sandbox::User=root -qq download-file "${archive%/}/$path" "$half" >&2 || continue
  is_right "$half" && mv "$half" "$target" && exit 0
  echo "$asked: orig.sha256: expected $sha256, but the archive's ${path##*/} has $(sha256sum < "$half" | cut -d' ' -f1)"
  exit 0
done
echo "$asked: orig.path: cannot fetch $path: is the network there, and does the archive still have it?" \
  "(A copy of the file at $target is taken, too.)"
