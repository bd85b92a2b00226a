#!/bin/bash
# Packs a disk image twice, side by side: pack.sh IMAGE XZ ZST JOBS. The bytes are the same whatever
# JOBS is.
#
# xz makes other bytes with one thread than with several, unless the block size is given and the
# number of threads has a plus sign, which asks for blocks even where there is one thread only.
# Blocks can also be unpacked side by side. zstd -T makes the same bytes with any number of threads
# (not so --single-thread).
#
# The levels, for an image of 625 MB with 235 MB in it, the whole stage: 31 s of processor time,
# 56.8 MB (.xz) and 64.0 MB (.zst). xz -4 takes half as much time again for 6 % less, xz -6 more
# than twice as much for 9 % less.
set -euo pipefail
image=$1 xz=$2 zst=$3 jobs=$4

xz --stdout --threads=+"$jobs" --block-size=16MiB -3 "$image" > "$xz" &
zstd --quiet -T"$jobs" -9 -o "$zst" "$image"
wait $!
