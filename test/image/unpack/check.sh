#!/bin/bash
# Makes images of many kinds, unpacks them with stages/base/unpack.sh, and says what came of it, a
# line for each answer:
#
#   check.sh UNPACK      (UNPACK: the folder of unpack.sh and ext2tar.c, and of cases/; the current folder is scratch)
#
#   <image> status N           how the unpacking ended
#   <image> said TEXT          its last line
#   <image> left N             files in its folder of results, if it failed
#   <image> different TEXT     a line of what is another than it should be; < should be, > is
#   <image> note TEXT          what was left out, with a word about it
#   <image> fact KEY=VALUE
#   <image> tar SHA256
set -euo pipefail
unpack=$1
tree=$(dirname "$0")/tree.py
export LC_ALL=C.UTF-8 TZ=UTC0 MTOOLS_SKIP_CHECK=1 E2FSPROGS_FAKE_TIME=1600000000
unset SOURCE_DATE_EPOCH # mke2fs would make no file younger than that
boot_start=16384 boot_sectors=40960
root_start=$((boot_start + boot_sectors))
here=$PWD

try() { # NAME IMAGE [RAW_SHA256 [LIMIT]]: unpacks it into NAME/out
  local status=0
  mkdir -p "$1"
  IMAGE=$2 RAW_SHA256=${3:-} LIMIT=${4:-17179869184} LIMIT_SETTING='--set more' WORK=$here/$1/work OUT=$here/$1/out bash "$unpack/unpack.sh" > "$1/log" 2>&1 || status=$?
  echo "$1 status $status"
  sed -n "s/^left out: /$1 note /p" "$1/log"
  if ((status == 0)); then
    sed "s/^/$1 fact /" "$1/out/facts"
    echo "$1 tar $(sha256sum < "$1/out/tree.tar" | cut -d' ' -f1)"
  else
    echo "$1 said $(tail -n 1 "$1/log")"
    echo "$1 left $(find "$1/out" -type f | wc -l)"
  fi
  rm -rf "$1/work"
}

write_table() { # IMAGE LABEL: dos or gpt
  local boot=c root=83
  [[ $2 == dos ]] || boot=C12A7328-F81F-11D2-BA4B-00A0C93EC93B root=0FC63DAF-8483-4772-8E79-3D69D8477DE4
  sfdisk --quiet "$1" << EOF
label: $2
label-id: $([[ $2 == dos ]] && echo 0x0123abcd || echo 01234567-89AB-CDEF-0123-456789ABCDEF)
unit: sectors
start=$boot_start, size=$boot_sectors, type=$boot
start=$root_start, size=$(($(stat -c %s "$1") / 512 - root_start - 2048)), type=$root
EOF
}

write_boot() { # IMAGE FOLDER: a FAT with these files
  mformat -i "$1@@$((boot_start * 512))" -v bootfs -N 1234abcd -T $boot_sectors -h 255 -s 63 -H $boot_start ::
  (shopt -s dotglob && cd "$2" && mcopy -sm -i "$here/$1@@$((boot_start * 512))" ./* ::)
}

write_root() { # IMAGE TREE MKE2FS-OPTION...: and what debugfs is told on its standard input
  local ext4="$1?offset=$((root_start * 512))"
  mke2fs -q -F -t ext4 -L rootfs -E "offset=$((root_start * 512)),lazy_itable_init=0,nodiscard" "${@:3}" -d "$2" "$1" \
    $((($(stat -c %s "$1") / 512 - root_start - 2048) / 2))K
  debugfs -w -f /dev/fd/0 "$ext4" > debugfs.log 2>&1
  e2fsck -fn "$ext4" > e2fsck.log 2>&1 || {
    cat debugfs.log e2fsck.log >&2
    exit 1
  }
}

compare() { # NAME TREE: what has been unpacked with what there was
  mkdir "$1/back"
  tar -xpf "$1/out/tree.tar" -C "$1/back" --numeric-owner --xattrs --xattrs-include='*' --acls \
    --warning=no-unknown-keyword --warning=no-timestamp
  python3 "$tree" list "$2" > expected
  python3 "$tree" list "$1/back" > got
  echo "$1 compared $(wc -l < expected)"
  tar -tf "$1/out/tree.tar" 2> /dev/null | grep '^\./many/' | sort -c || echo "$1 different < the names of a folder are not sorted"
  diff expected got | cut -c 1-1000 | head -n 20 | sed "s/^/$1 different /" || true
  rm -rf "$1/back"
}

make_boot_files() {
  mkdir -p boot/overlays boot/empty 'boot/a folder/deeper'
  echo 'console=serial0,115200 root=PARTUUID=0123abcd-02' > boot/cmdline.txt
  echo dtparam=audio=on > boot/config.txt
  head -c 3000000 /dev/urandom > boot/kernel8.img
  echo x > boot/overlays/README
  echo long > 'boot/a folder/deeper/a long name, with Ő and [brackets].dtbo'
  echo upper > boot/UPPER.TXT
  echo dot > boot/.hidden
  : > boot/nothing
  find boot -depth -exec touch -d @1650000002 {} +
  touch -d @1700000000 boot/config.txt boot/overlays
}

echo '-- trees and images' >&2
make_boot_files
python3 "$tree" make tree

# As pi-gen makes them; unpacked from each format.
truncate -s 96M pi-gen.img
write_table pi-gen.img dos
write_boot pi-gen.img boot
python3 "$tree" debugfs 4096 | write_root pi-gen.img tree -b 4096 -I 256 -N 16384 -O ^64bit,^huge_file,^metadata_csum

# Old: no extents, small blocks.
truncate -s 96M old.img
write_table old.img dos
write_boot old.img boot
python3 "$tree" debugfs 1024 | write_root old.img tree -b 1024 -I 256 -N 16384 -O ^extent,^64bit,^huge_file,^metadata_csum

# New: a GPT, files within inodes, checksums; blocks that are allocated but were never written, full
# of what was there before; a journal that has not been replayed.
head -c 96M /dev/zero | tr '\0' '\377' > new.img
dd if=/dev/zero of=new.img bs=1M count=$((root_start / 2048)) conv=notrunc status=none
write_table new.img gpt
write_boot new.img boot
{
  python3 "$tree" debugfs 4096
  printf 'fallocate /holes/allocated 1 1220\nrm /holes/nothing\n'
} |
  write_root new.img tree -b 4096 -I 256 -N 16384 -O inline_data,64bit,metadata_csum
ext4="new.img?offset=$((root_start * 512))"
head -c 4096 /dev/zero | tr '\0' n > block
debugfs -w -f - "$ext4" << EOF > /dev/null 2>&1
jo
jw -b $(debugfs -R 'blocks /journaled' "$ext4" 2> /dev/null) block
jc
EOF

echo '-- what is good' >&2
python3 "$tree" expect tree boot
mkdir formats
xz -1 -T2 --block-size=16MiB < pi-gen.img > formats/xz
zstd -q -1 < pi-gen.img > formats/zstd
gzip -1 < pi-gen.img > formats/gzip
cp --sparse=always pi-gen.img formats/img
python3 - << 'EOF'
import zipfile
with zipfile.ZipFile("formats/zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
    out.writestr("README.txt", "not an image")
    out.write("pi-gen.img", "a folder/2026 [lite] *.IMG")
EOF
for format in img xz zstd gzip zip; do
  try "$format" "formats/$format" "$(sha256sum < pi-gen.img | cut -d' ' -f1)"
done
for image in old new; do
  before=$(sha256sum < "$image.img")
  try "$image" "$image.img"
  [[ $(sha256sum < "$image.img") == "$before" ]] || echo "$image different < the image itself has been changed"
done
compare xz tree
compare old tree
# What its journal brings; and where a file within its inode is all hole, mke2fs has filled a part
# of it.
touch -r tree/journaled time
head -c 4096 /dev/zero | tr '\0' n > tree/journaled
touch -r time tree/journaled
touch -r tree/holes time
rm tree/holes/nothing
touch -r time tree/holes
compare new tree

echo '-- what is not' >&2
mkdir -p small/{etc,usr/lib,boot,secret,var/lib/dpkg} bad bad-trees
echo 'LABEL=bootfs /boot vfat defaults 0 2' > small/etc/fstab
echo 'ID=raspbian' > small/usr/lib/os-release
printf 'Package: bash\nArchitecture: any\n\nPackage: dpkg\nEssential: yes\nArchitecture: armhf\n' > small/var/lib/dpkg/status
make_small() { # IMAGE [TREE]
  truncate -s 40M "$1"
  write_table "$1" dos
  write_boot "$1" boot
  write_root "$1" "${2:-small}" -N 256 -O ^has_journal < /dev/null
}
make_small small.img
try small small.img

: > bad/empty
printf '<!DOCTYPE html>\n<p>404 Not Found</p>\n' > bad/page
xz -1 < small.img > whole.xz
head -c -1000 whole.xz > bad/xz-cut
flip() { # FILE OFFSET
  printf '%b' "\\x$(printf %02x $(($(od -An -v -tu1 -j "$2" -N 1 "$1") ^ 255)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
cp whole.xz bad/xz-flipped
flip bad/xz-flipped $(($(stat -c %s whole.xz) / 2))
zstd -q -1 < small.img | head -c -1000 > bad/zstd-cut
gzip -1 < small.img | head -c -1000 > bad/gzip-cut
cp small.img bad/sum
echo 'only text' | xz > bad/text-in-xz
head -c 30M small.img > bad/img-cut
python3 - << 'EOF'
import zipfile
for name, members in (("zip-two", ["one.img", "two.img"]), ("zip-none", ["README.txt", "disk.vdi"])):
    with zipfile.ZipFile("bad/" + name, "w") as out:
        for member in members:
            out.writestr(member, "x")
with zipfile.ZipFile("whole.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
    out.write("small.img")
EOF
head -c -1000 whole.zip > bad/zip-cut
cp whole.zip bad/zip-flipped
flip bad/zip-flipped $(($(stat -c %s whole.zip) / 2))
cp small.img bad/no-linux
sfdisk --quiet --part-type bad/no-linux 2 82
cp small.img bad/not-ext4
dd if=/dev/zero of=bad/not-ext4 bs=512 seek=$root_start count=16 conv=notrunc status=none
cp small.img bad/two-linux
sfdisk --quiet --append bad/two-linux <<< "start=$(($(stat -c %s small.img) / 512 - 2048)), size=2048, type=83"
mkfs.ext4 -q -F -O ^has_journal -E offset=$(($(stat -c %s small.img) - 1048576)) bad/two-linux 1M
for folder in etc secret; do
  cp small.img "bad/damaged-$folder"
  block=$(debugfs -R "blocks /$folder" "small.img?offset=$((root_start * 512))" 2> /dev/null)
  flip "bad/damaged-$folder" $((root_start * 512 + block * 1024 + 30))
done
for case in 'encrypted /secret 0x80800' 'verity /etc/fstab 0x180000'; do
  read -r name path flags <<< "$case"
  cp small.img "bad/$name"
  debugfs -w -R "set_inode_field $path flags $flags" "bad/$name?offset=$((root_start * 512))" 2> /dev/null
done
cp -r small bad-trees/no-fat
echo '/dev/mmcblk0p2 / ext4 defaults 0 1' > bad-trees/no-fat/etc/fstab
make_small bad/no-fat bad-trees/no-fat
for image in bad/*; do
  name=${image#bad/}
  try "$name" "$image" "$([[ $name != sum ]] || printf '%064d' 0)"
done
try missing bad/nothing-here

echo '-- what is made for harm' >&2
into() { dd of="$2" bs=512 seek=$root_start conv=notrunc status=none < "$1"; } # FILE-SYSTEM IMAGE
for case in "$unpack"/cases/*.img; do
  name=$(basename "$case" .img)
  cp small.img "bad/$name"
  case $name in
    superblock) cp "$case" "bad/$name" ;;
    fat-*) dd if="$case" of="bad/$name" bs=512 seek=$boot_start conv=notrunc status=none ;;
    *)
      # its own fstab and the folder that it mounts are needed to come so far
      printf 'mkdir boot\nmkdir etc\nwrite small/etc/fstab etc/fstab\n' | debugfs -w -f /dev/fd/0 "$case" > debugfs.log 2>&1
      into "$case" "bad/$name"
      ;;
  esac
  try "$name" "bad/$name"
done
# a name with a / in it
python3 - bad/fat-names bad/fat-slash << 'EOF'
import sys
data = open(sys.argv[1], "rb").read()
name = "XXXXX".encode("utf-16le")
assert name in data
open(sys.argv[2], "wb").write(data.replace(name, "../pw".encode("utf-16le"), 1))
EOF
try fat-slash bad/fat-slash
# a folder that lies in itself, and files in the same blocks
for kind in loop shared; do
  cp small.img "bad/fat-$kind"
  python3 "$(dirname "$0")/fat.py" $kind "bad/fat-$kind" $((boot_start * 512))
  try "fat-$kind" "bad/fat-$kind"
done
try too-large small.img '' 1000000
try large-enough small.img '' "$(stat -c %s small.img)"
find . -name 'pwned*' -printf 'made %p\n'

echo '-- what is written back' >&2
# shellcheck disable=SC2016 # just what is tried
odd=('$RECYCLE.BIN' '$(touch pwned)' '`touch pwned`' "it's" '-rf' '@x' 'a{b,c}' ' lead' 'x' '[x]' '[x]/[y]' 'a!b#c;d&e=f+g,h~i^j' '%n %s')
for name in "${odd[@]}"; do
  mkdir -p "FAT/$name" && echo 1 > "FAT/$name/f[1].txt" && echo 2 > "FAT/$name/-n" && echo 3 > "FAT/$name/\$x"
done
sfdisk --dump small.img | grep -v '^sector-size' > table
TREE=$PWD/small FAT=$PWD/FAT DISK=$PWD/written.img TABLE=$PWD/table ROOT_MIB=64 BOOT_AT=$((boot_start * 512)) ROOT_AT=$((root_start * 512)) \
  BOOT_START=$boot_start BOOT_SECTORS=$boot_sectors BOOT_LABEL=BOOT FAT_SERIAL=12345678 ROOT_LABEL=rootfs EPOCH=1600000000 \
  ROOT_UUID=01234567-89ab-cdef-0123-456789abcdef HASH_SEED=01234567-89ab-cdef-0123-456789abcdef bash "$unpack/disk.sh" > disk.log 2>&1 ||
  sed 's/^/written different /' disk.log
mdir -/ -b -i "written.img@@$((boot_start * 512))" :: | sort > got
(cd FAT && find . -mindepth 1 -type d -printf '::/%P/\n' -o -type f -printf '::/%P\n') | sort > expected
diff expected got | sed 's/^/written different /' || true
echo "written compared $(wc -l < got)"
find . -name 'pwned*' -printf 'made %p\n'

echo '-- what is damaged in any way' >&2
gcc -std=c11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -o ext2tar "$unpack/ext2tar.c" \
  -lext2fs -le2p -lcom_err -larchive
mkdir -p tiny/a/b
echo x > tiny/a/x
ln tiny/a/x tiny/link
ln -s x tiny/symlink
head -c 5000 /dev/zero | tr '\0' x > tiny/a/b/large
for kind in ^inline_data inline_data; do
  mke2fs -q -F -t ext4 -b 1024 -I 256 -N 64 -O "^has_journal,^resize_inode,^metadata_csum,$kind" -d tiny "damaged-${kind#^}-${#kind}.img" 300K
done
ASAN_OPTIONS=detect_leaks=0 python3 "$(dirname "$0")/mutate.py" ./ext2tar 400 "$unpack"/cases/ext4-*.img "$unpack"/cases/attribute-name.img damaged-*.img
