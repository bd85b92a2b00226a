#!/bin/bash
# Takes an existing image of a Raspberry Pi system apart: $OUT/tree.tar, in the form of the Debian
# base, and $OUT/facts.
#
# The tar is the whole root file system with the files of the boot partition in it, where its own
# /etc/fstab mounts them. Nothing is mounted and nobody has to be root; ext2tar.c says what of the
# root file system a tar cannot keep. The image itself is only read. Same image, same bytes.
#
# Works in the sandbox of the toolbox, in which everything is found that is called here.
#   IMAGE       an .img, that packed by xz, zstd or gzip, or a .zip with one .img; its first bytes tell, not its name
#   NAME        what messages call it, if not by that path
#   RAW_SHA256  of the unpacked image, checked before anything of it is used; may be left out
#   LIMIT       bytes that the unpacked image may have, and again the files in it, holes too; and LIMIT_SETTING
#               what to type for more
#   WORK, OUT   scratch, with room for the unpacked image, and results; nothing is left in OUT by a run that fails
#
# Nobody knows who made the image, so no text in it is believed: numbers come from programs that have
# the table or the superblock open, and are taken by a pattern; what people see has no controls in it.
#
# facts has a line KEY=VALUE for each of these, with no value where the image does not say:
#   raw_sha256, raw_bytes                   of the unpacked image
#   table, disk_id                          dos or gpt; the signature (8 hex digits) or GUID that PARTUUIDs are made of
#   boot_start, boot_sectors                of 512 bytes; and the same for root
#   boot_type, boot_label, boot_uuid        vfat; serial number
#   root_type, root_label, root_uuid        ext4
#   root_features, root_block_bytes, root_inode_bytes, root_used_bytes
#   boot_mount                              /boot/firmware, or /boot before Debian 12
#   os_id, os_codename, arch, rpi_issue     of os-release, dpkg, and the first line of /etc/rpi-issue
set -euo pipefail

step='read the settings'
say_why() { # the last words of every failure, wherever it happened
  local status=$?
  ((status == 0)) && return
  # On a full disk all stays as it is: whoever asks for the space that is left is to see that, and
  # not blame the image.
  if [[ -d ${WORK:-} ]] && (($(stat -f -c '%a * %S' "$WORK") < 50000000)); then
    echo "unpack: could not $step: the disk is full" >&2
    return
  fi
  rm -f "$OUT/tree.tar" "$OUT/facts"
  reason=$(printable <<< "${reason:-}" | head -c 2000)                       # a list of what was found may be of any length
  [[ ! -d $WORK || -z ${image_at_fault:-} ]] || echo "$reason" > "$WORK/why" # and not this machine
  echo "unpack: ${reason:-could not $step (exit status $status)}" >&2
}
trap say_why EXIT
fail() {
  reason=$* image_at_fault=yes
  exit 1
}
printable() { LC_ALL=C tr '\000-\011\013-\037\177' '?'; } # lines without controls
begin() {
  step=$*
  echo "· $step"
}

for name in IMAGE WORK OUT LIMIT LIMIT_SETTING; do
  [[ -n ${!name:-} ]] || fail "$name is not set"
done
: "${RAW_SHA256:=}" "${NAME:=$IMAGE}"
own=$(dirname "$(realpath "$0")")
raw=$WORK/raw.img
again='remove it and fetch it again'
export LC_ALL=C.UTF-8 TZ=UTC0 MTOOLS_SKIP_CHECK=1 # the times on a FAT have no zone; firmware minds no geometry
umask 022

bytes_at() { od -An -v -tx1 -j "$1" -N "$2" "$IMAGE" 2> /dev/null | tr -d ' \n'; } # OFFSET COUNT: in hexadecimal
said() { tail -n 1 "$WORK/said" | tr -s ' ' | sed 's/ $//'; }                      # of the last tool that was asked

choose_decoder() { # -> decoder: a command that writes the image; it reads $IMAGE on its standard input
  [[ -f $IMAGE && -r $IMAGE ]] || fail "$NAME is no file that can be read"
  [[ -s $IMAGE ]] || fail "$NAME is empty: $again"
  case $(bytes_at 0 6) in
    fd377a585a00) decoder=(xz -dc -T0) ;; # as many blocks at once as there are processors, if it is in blocks
    28b52ffd* | 5?2a4d18*) decoder=(zstd -dcq --long=31) ;;
    1f8b*) decoder=(gzip -dc) ;;
    504b0304* | 504b0506*) choose_member ;;
    *)
      [[ $(bytes_at 510 2) == 55aa ]] || fail "$NAME is neither a disk image nor one packed by xz, zstd, gzip or zip;" \
        "it begins with: $(head -c 60 "$IMAGE" | tr -c '[:print:]' '?')"
      decoder=(cat)
      ;;
  esac
}

choose_member() { # the only .img in a .zip
  local members images
  unzip -Z1 "$IMAGE" > "$WORK/members" 2> "$WORK/said" ||
    fail "$NAME is cut short or damaged (unzip finds no list of files in it): $again"
  mapfile -t members < "$WORK/members"
  mapfile -t images < <(grep -iE '\.img$' "$WORK/members")
  # shellcheck disable=SC2001 # what is replaced stays in it
  case ${#images[@]} in
    1) decoder=(unzip -p "$IMAGE" "$(sed 's/[][*?\\]/\\&/g' <<< "${images[0]}")") ;;
    0) fail "$NAME has no .img in it, but: ${members[*]}" ;;
    *) fail "$NAME has ${#images[@]} images in it, and only one can be taken: ${images[*]}" ;;
  esac
}

unpack_raw() { # in one pass: what is read is written and summed up; zeros become holes
  local status sum
  mkfifo "$WORK/sum"
  sha256sum < "$WORK/sum" > "$WORK/sha256" &
  sum=$!
  set +e
  "${decoder[@]}" < "$IMAGE" 2> "$WORK/said" | tee "$WORK/sum" |
    dd of="$raw" bs=64K count=$((LIMIT + 1)) iflag=fullblock,count_bytes conv=sparse status=none
  status=("${PIPESTATUS[@]}")
  set -e
  wait "$sum"
  raw_bytes=$(stat -c %s "$raw")
  ((raw_bytes <= LIMIT)) || fail "$NAME unpacks to more than $LIMIT bytes; if that is right, allow more: $LIMIT_SETTING"
  ((status[1] == 0 && status[2] == 0)) || { reason="could not write the unpacked image: is the disk full?" && exit 1; }
  ((status[0] == 0)) || fail "$NAME is cut short or damaged ($(said)): $again"
  raw_sha256=$(cut -d' ' -f1 "$WORK/sha256")
  [[ -z $RAW_SHA256 || ${RAW_SHA256,,} == "$raw_sha256" ]] ||
    fail "$NAME unpacks to an image with the sha256 $raw_sha256, but $RAW_SHA256 is expected: $again, or correct the sha256"
}

probe() { # START SECTORS NAME: what blkid finds there, such as TYPE
  blkid --probe --offset $(($1 * 512)) --size $(($2 * 512)) --output value --match-tag "$3" "$raw" || (($? == 2))
}

# Types of partitions: of an MBR in hexadecimal, of a GPT as GUIDs (EFI, Microsoft's data; Linux,
# its root on arm64 and arm).
read_table() { # -> boot_start, boot_sectors, root_start, root_sectors
  local number=0 boots=0 roots=0 found='' start sectors type content
  sfdisk --dump "$raw" > "$WORK/table" 2> "$WORK/said" ||
    fail "what $NAME unpacks to is no disk image: it has no partition table"
  table=$(sed -n 's/^label: \(dos\|gpt\)$/\1/p' "$WORK/table" | head -n 1)
  disk_id=$(sed -n 's/^label-id: \(0x\)\?\([0-9A-Fa-f-]*\)$/\2/p' "$WORK/table" | head -n 1)
  grep -qx 'sector-size: 512' "$WORK/table" || fail "$NAME has sectors of another size than 512 bytes"
  # The first " : ": a name of a partition of a GPT is any text. More digits would be more than bash counts to.
  sed -n 's/^[^:]* : start= *\([0-9]\{1,15\}\), size= *\([0-9]\{1,15\}\), type=\([0-9A-Fa-f-]*\).*/\1 \2 \3/p' \
    "$WORK/table" > "$WORK/partitions"
  while read -r start sectors type; do
    ((number += 1))
    (((start + sectors) * 512 <= raw_bytes)) || fail "$NAME is cut short: partition $number ends at" \
      "$(((start + sectors) * 512)) bytes, and the unpacked image at $raw_bytes: $again"
    content=$(probe "$start" "$sectors" TYPE)
    found+="${found:+; }partition $number of type $type with ${content:-nothing known} of $((sectors / 2048)) MiB"
    case ${type^^} in
      B | C | E | EF | C12A7328-F81F-11D2-BA4B-00A0C93EC93B | EBD0A0A2-B9E5-4433-87C0-68B6B72699C7)
        [[ $content == vfat ]] && ((boots += 1)) && boot_start=$start boot_sectors=$sectors
        ;;
      83 | 0FC63DAF-8483-4772-8E79-3D69D8477DE4 | B921B045-1DF0-41C3-AF44-4C6F280D3FAE | 69DAD710-2CE4-4E3C-B16C-21A1D49ABED3)
        [[ $content == ext[234] ]] && ((roots += 1)) && root_start=$start root_sectors=$sectors
        ;;
    esac
  done < "$WORK/partitions"
  ((boots == 1 && roots == 1 && number == 2)) ||
    fail "$NAME is not of a kind that can be rebuilt: a FAT and a Linux partition with ext4 are needed, just these;" \
      "it has ${found:-no partition at all}"
}

in_root() { debugfs -R "$1" "$root_file?offset=$root_at" 2> "$WORK/said"; }
read_super() { # -> $WORK/super, and clean: what the superblock says, by the one program that writes no text of it
  "$WORK/ext2tar" super "$root_file" "$root_at" > "$WORK/super" 2> "$WORK/said" ||
    fail "the ext4 of $NAME cannot be read ($(said | sed 's/^ext2tar: //')): $again"
  clean=$(in_super clean)
}
in_super() { sed -n "s/^$1=\([a-z0-9_ ]*\)$/\1/p" "$WORK/super"; }

# What a crash leaves is mended as the booting system would mend it; what takes more is for a person
# to look at. On a copy of its own, because e2fsck 1.47 forgets the offset when it opens a file
# system anew after the journal.
replay_journal() {
  local mended=0
  read_super
  [[ $clean == no ]] || return 0
  dd if="$raw" of="$WORK/root.img" bs=1M iflag=skip_bytes,count_bytes skip=$root_at count=$((root_sectors * 512)) \
    conv=sparse status=none
  root_file=$WORK/root.img root_at=0
  e2fsck -fp "$root_file" > "$WORK/said" 2>&1 || mended=$?
  ((mended <= 1)) || fail "the ext4 of $NAME is damaged ($(tr '\n' ' ' < "$WORK/said")): $again, or mend it with e2fsck"
  read_super
}

# A text is never larger than that, and its size may be any number.
read_text() { # PATH -> $WORK/text; empty if there is no such file
  { in_root "cat $1" || true; } | head -c 67108864 > "$WORK/text"
  sed -i '/^debugfs [0-9]/d; /: File not found by ext2_lookup/d' "$WORK/said"
  [[ ! -s $WORK/said ]] ||
    fail "the ext4 of $NAME cannot be read ($(said)): $again"
}

find_boot_mount() { # -> boot_mount: where fstab mounts a FAT; boot_time: of that folder
  local mounts
  read_text /etc/fstab
  mapfile -t mounts < <(awk '$1 !~ /^#/ && ($3 == "vfat" || $3 == "msdos") { print $2 }' "$WORK/text" | sort -u)
  ((${#mounts[@]} == 1)) || fail "the /etc/fstab of $NAME has to mount one FAT, but mounts ${mounts[*]:-none}"
  boot_mount=${mounts[0]}
  [[ $boot_mount =~ ^(/[A-Za-z0-9_-]+)+$ ]] || fail "the /etc/fstab of $NAME mounts a FAT at an odd place: $boot_mount"
  in_root "stat $boot_mount" > "$WORK/folder"
  head -n 1 "$WORK/folder" | grep -qE '^Inode: [0-9]+ +Type: directory ' ||
    fail "the /etc/fstab of $NAME mounts a FAT at $boot_mount, which is no folder there"
  boot_time=$(sed -n 's/^ *mtime: 0x\([0-9a-f]\{8\}\).*/\1/p' "$WORK/folder" | head -n 1)
  [[ $boot_time =~ ^[0-9a-f]{8}$ ]] || fail "the ext4 of $NAME does not say how old $boot_mount is"
  boot_time=$((16#$boot_time))
}

compile_ext2tar() {
  gcc -std=c11 -O2 -Wall -Wextra -Werror -o "$WORK/ext2tar" "$own/ext2tar.c" -lext2fs -le2p -lcom_err -larchive
}

pack_root() { # without what the mount of the FAT hides
  "$WORK/ext2tar" tar "$root_file" "$root_at" "$LIMIT" ".$boot_mount" 2> "$WORK/said" > "$OUT/tree.tar" || {
    reason="the ext4 of $NAME cannot be unpacked: $(said | sed 's/^ext2tar: //')"
    [[ $reason != *'bytes are allowed, holes too' ]] || reason+="; if that is right, allow more: $LIMIT_SETTING"
    fail "$reason"
  }
  sed 's/^ext2tar: //' "$WORK/said"
}

# A folder may lie in itself, and thousands of files in the same blocks: written out they would fill
# any disk. A sound FAT has no more bytes of files than its partition, and no boot partition has so
# many names.
bound_boot() {
  local bytes
  mdir -a -/ -i "$raw@@$((boot_start * 512))" :: 2> "$WORK/said" | head -n 100000 > "$WORK/listed" ||
    fail "the FAT of $NAME cannot be listed to its end ($(said)): $again"
  [[ -s $WORK/listed ]] || return 0
  bytes=$(tail -n 4 "$WORK/listed" | sed -n 's/^ *[0-9 ]* files\? *\([0-9][0-9 ]*\) bytes$/\1/p' | tr -d ' ')
  [[ $bytes =~ ^[0-9]{1,15}$ ]] || fail "the FAT of $NAME cannot be listed to its end: $again"
  ((10#$bytes <= boot_sectors * 512)) ||
    fail "the FAT of $NAME is damaged: its files have $bytes bytes, and it has $((boot_sectors * 512)): $again"
}

pack_boot() { # a FAT knows no owners and no modes; these are those of its mount
  local files=$WORK/boot odd
  bound_boot
  mkdir -p "$files$boot_mount"
  mcopy -snm -i "$raw@@$((boot_start * 512))" :: "$files$boot_mount" 2> "$WORK/said" ||
    fail "the FAT of $NAME cannot be read ($(said)): $again"
  # What mtools writes for a / in a name, and what no FAT has: the image stage could not write it back.
  odd=$(find "$files" -name '*[\\:*?"<>|]*' -printf '%f' -quit)
  [[ -z $odd ]] || fail "the FAT of $NAME has a name that cannot be one: $odd"
  touch -d "@$boot_time" "$files$boot_mount"
  (cd "$files" && find ".$boot_mount" -print0 | sort -z) > "$WORK/files"
  tar -C "$files" --null --no-recursion -T "$WORK/files" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
    --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
    --warning=no-unknown-keyword -rf "$OUT/tree.tar"
}

said_by_os() { sed -n "s/^$1=\"\?\([a-z0-9._-]*\)\"\?$/\1/p" "$WORK/text" | head -n 1; } # KEY: a word of os-release
write_facts() {
  read_text /usr/lib/os-release
  os_id=$(said_by_os ID)
  os_codename=$(said_by_os VERSION_CODENAME)
  read_text /etc/rpi-issue
  rpi_issue=$(sed -n 1p "$WORK/text")
  read_text /var/lib/dpkg/arch
  arch=$(sed -n '1s/^\([a-z0-9-]*\)$/\1/p' "$WORK/text")
  if [[ -z $arch ]]; then # a system that was never told of a second architecture
    read_text /var/lib/dpkg/status
    arch=$(awk '$1 == "Package:" { name = $2 } $1 == "Architecture:" && name == "dpkg" { print $2; exit }' "$WORK/text")
  fi
  boot_type=$(probe "$boot_start" "$boot_sectors" TYPE)
  boot_label=$(probe "$boot_start" "$boot_sectors" LABEL)
  boot_uuid=$(probe "$boot_start" "$boot_sectors" UUID)
  root_type=$(probe "$root_start" "$root_sectors" TYPE)
  root_label=$(probe "$root_start" "$root_sectors" LABEL)
  root_uuid=$(probe "$root_start" "$root_sectors" UUID)
  root_features=$(in_super root_features)
  root_block_bytes=$(in_super root_block_bytes)
  root_inode_bytes=$(in_super root_inode_bytes)
  root_used_bytes=$(in_super root_used_bytes)
  for name in raw_sha256 raw_bytes table disk_id boot_start boot_sectors boot_type boot_label boot_uuid \
    root_start root_sectors root_type root_label root_uuid root_features root_block_bytes root_inode_bytes root_used_bytes \
    boot_mount os_id os_codename arch rpi_issue; do
    printf '%s=%s\n' "$name" "$(tr '\n' '?' <<< "${!name}" | sed 's/?$//')" # a line each, whatever a label is
  done | printable > "$OUT/facts"
}

mkdir -p "$WORK" "$OUT"
begin 'look at the file'
choose_decoder
begin "unpack the image (${decoder[0]})"
unpack_raw
begin 'read the partition table'
read_table
root_file=$raw root_at=$((root_start * 512))
begin 'compile ext2tar'
compile_ext2tar
begin 'replay the journal, if it is needed'
replay_journal
begin 'find where the boot files belong'
find_boot_mount
begin 'pack the root file system'
pack_root
begin 'pack the boot partition'
pack_boot
begin 'write down what it is'
write_facts
rm -f "$raw" "$WORK/root.img"
begin "done: $os_id $os_codename, $arch"
