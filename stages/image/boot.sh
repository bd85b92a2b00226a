#!/bin/bash
# Lays the boot partition of an image: $FAT. What a published base has on it, without what belongs
# to its own kernels, and then ours.
#
#   TREE, FAT           the root with boot/firmware in it, and the folder to make
#   REMOVE              patterns of names of the base that go, separated by white space
#   BOOTS, OVERLAYS     folders whose files go to the top, and below overlays/, a line each
#   CONFIG              config.txt, if it is not one of ours alone; it need not be there
#   KERNEL, KERNEL_NAME a kernel that is built here, and its name; empty: the base has its own where it belongs
#   OWN_FILES           a folder with somebody's own files, of which boot/firmware is laid here; empty: none
#   HOOKS               a folder with somebody's own scripts; it need not be there
#   EPOCH               seconds: the time of every file
set -euo pipefail
: "$TREE" "$FAT" "$REMOVE" "$BOOTS" "$OVERLAYS" "$CONFIG" "$KERNEL" "$KERNEL_NAME" "$OWN_FILES" "$HOOKS" "$EPOCH"
own=$(dirname "$(realpath "$0")")

mkdir "$FAT"
find "$TREE/boot/firmware" -mindepth 1 -maxdepth 1 -exec mv -t "$FAT" {} +
read -ra remove <<< "$REMOVE"
for name in "${remove[@]}"; do
  find "$FAT" -mindepth 1 -maxdepth 1 -name "$name" -exec rm -rf {} +
done
mkdir -p "$FAT/overlays"
mapfile -t boots < <(printf '%s' "$BOOTS")
mapfile -t overlays < <(printf '%s' "$OVERLAYS")
for folder in "${boots[@]}"; do cp -r "$folder/." "$FAT"; done
for folder in "${overlays[@]}"; do cp -r "$folder/." "$FAT/overlays"; done
[[ ! -e $CONFIG ]] || cp "$CONFIG" "$FAT"
[[ -z $KERNEL ]] || cp "$KERNEL" "$FAT/$KERNEL_NAME"
[[ ! -d $OWN_FILES/boot/firmware ]] || cp -r "$OWN_FILES/boot/firmware/." "$FAT"
# downbeat.toml as it is here asks for nothing: only another one is read.
(cd "$FAT" && sha256sum downbeat.toml) | sed 's|  |  /boot/firmware/|' > "$TREE/var/lib/downbeat/applied.sha256"
bash "$own/hook.sh" "$HOOKS/boot" "$FAT"
find "$TREE" "$FAT" -exec touch -hd "@$EPOCH" {} +
