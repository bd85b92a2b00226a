#!/bin/bash
# unpack.sh TREE JOBS < linux.tar.xz: of the source of Linux what says how device trees have to be.
set -euo pipefail
mkdir "$1"
tar -x -I "xz -T$2" -C "$1" --strip-components=1 --wildcards '*/Documentation/devicetree/bindings/*'
