#!/bin/bash
# Writes $DISK: the partition table, and beside each other the FAT and the ext4, each in place.
#
#   TREE, FAT           the folders of the two
#   DISK, TABLE         the file to make, and the partition table for sfdisk
#   ROOT_MIB            of the root; empty: as large as it must be
#   BOOT_AT, ROOT_AT    where they begin, in bytes
#   BOOT_START, BOOT_SECTORS, BOOT_LABEL, FAT_SERIAL
#   ROOT_LABEL, ROOT_UUID, HASH_SEED, EPOCH
set -euo pipefail
: "$TREE" "$FAT" "$DISK" "$TABLE" "$BOOT_AT" "$ROOT_AT" "$BOOT_START" "$BOOT_SECTORS" "$BOOT_LABEL" "$FAT_SERIAL" "$ROOT_LABEL"
: "$ROOT_UUID" "$HASH_SEED" "$EPOCH"

# With room for a journal and for what the first boot writes before it grows.
size_of_root() {
  local needed
  needed=$(find "$TREE" -printf '%s\n' | awk '{ blocks += int(($1 + 4095) / 4096) } END { print int(blocks / 256) + 1 }')
  echo $(((needed * 11 / 10 + 83) / 4 * 4))
}

# Folder by folder and sorted, so that the same files give the same bytes.
write_fat() {
  export MTOOLS_SKIP_CHECK=1
  local at=$DISK@@$BOOT_AT folder files parent into
  mformat -i "$at" -F -v "$BOOT_LABEL" -N "$FAT_SERIAL" -T "$BOOT_SECTORS" -h 255 -s 63 -c 4 -H "$BOOT_START" ::
  cd "$FAT"
  while IFS= read -r -d '' folder; do
    parent='' into=${folder//\[/[[]} # where mtools looks something up, a name is a pattern
    [[ $folder != */* ]] || parent=${into%/*}/
    [[ -z $folder ]] || mmd -i "$at" "::$parent${folder##*/}"
    mapfile -d '' files < <(find "./$folder" -maxdepth 1 -type f -print0 | LC_ALL=C sort -z)
    ((${#files[@]} == 0)) || mcopy -m -i "$at" "${files[@]}" "::$into"
  done < <(find . -type d -printf '%P\0' | LC_ALL=C sort -z)
}

# The features are named because the defaults differ from release to release.
write_ext4() {
  local extended=hash_seed=$HASH_SEED,root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0,nodiscard,offset=$ROOT_AT
  E2FSPROGS_FAKE_TIME=$EPOCH mke2fs -q -F -t ext4 -b 4096 -I 256 -i 8192 -m 1 -L "$ROOT_LABEL" -U "$ROOT_UUID" \
    -O ^metadata_csum_seed,^orphan_file,64bit,metadata_csum,has_journal -J size=16 -E "$extended" -d "$TREE" "$DISK" "${mib}M"
}

mib=${ROOT_MIB:-$(size_of_root)}
truncate -s "$((ROOT_AT + mib * 1048576))" "$DISK"
sfdisk --quiet --no-reread --no-tell-kernel "$DISK" < "$TABLE"
write_fat &
write_ext4
wait $! # for the FAT, and whether it failed
