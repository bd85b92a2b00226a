#!/bin/bash
# Puts the kernel of a package onto the boot partition, by the program that does so on a card after an
# upgrade, and tries our overlays on its device trees.
#
#   TREE            the root as tree.sh has laid it; the boot partition is below boot/firmware
#   TRIED_OVERLAYS  the folder with our overlays
#   TRIED           lines "OVERLAY TREE": pairs that must fit
set -euo pipefail
: "$TREE" "$TRIED_OVERLAYS" "$TRIED"
say() {
  echo "$*" >&2
  exit 1
}

release=$(ls "$TREE/usr/lib/modules")
kernel=$TREE/boot/vmlinuz-$release
[[ -f $kernel ]] || say "expected the kernel of one package in the root, got: $release"
# The firmware takes the plain Image of arm64 (magic at 56) or the zImage of arm (at 36), and no other.
magic() { dd if="$kernel" bs=1 skip="$1" count=4 status=none | od -An -tx1 | tr -d ' '; }
[[ $(magic 56) == 41524d64 || $(magic 36) == 18286f01 ]] ||
  say "the kernel of $release is neither an Image nor a zImage, and the firmware starts nothing else"
sh "$TREE/usr/lib/downbeat/take-kernel" "$TREE" "$release"
while read -r overlay tree; do
  [[ -z $overlay ]] || fdtoverlay -i "$TREE/boot/firmware/$tree.dtb" -o /dev/null "$TRIED_OVERLAYS/$overlay.dtbo" ||
    say "overlay $overlay does not fit $tree"
done <<< "$TRIED"
