#!/bin/bash
# image.xz in the current folder: an image of 3 GB of the shape of Raspberry Pi OS, a FAT of 512 MiB
# and an ext4 that is nearly full, of copies of the toolbox's programs, libraries and texts. xz -1,
# in blocks, as they are published.
set -euo pipefail
boot=16384 boot_mib=512 root_mib=2400
root=$((boot + boot_mib * 2048))
mkdir -p tree/etc tree/boot/firmware tree/var/lib/dpkg fat/overlays
mib=0 # so far
each=$(du -sm /usr/lib | cut -f1)
for ((n = 0; mib + each < root_mib - 250; n++, mib += each)); do
  mkdir -p "tree/opt/$n"
  cp -a /usr/lib "tree/opt/$n"
done
find /usr/bin /usr/libexec -type f -size +4M -size -40M -printf '%s %p\n' > large # so that it is as full whatever the toolbox has
while read -r bytes file; do
  ((mib += bytes >> 20, mib < root_mib - 250)) || break
  cp -a "$file" tree/opt
done < large
echo 'PARTUUID=12345678-01 /boot/firmware vfat defaults 0 2' > tree/etc/fstab
mkdir -p tree/usr/lib
printf 'ID=debian\nVERSION_CODENAME=trixie\n' > tree/usr/lib/os-release
echo arm64 > tree/var/lib/dpkg/arch
head -c 60M /dev/zero > fat/kernel8.img
find /usr/bin -type f -size -2M | sed -n 1,40p | xargs -I{} cp {} fat/overlays

truncate -s $(((root + root_mib * 2048) * 512)) disk.img
printf 'label: dos\nlabel-id: 0x12345678\nunit: sectors\nsector-size: 512\nstart=%s, size=%s, type=c\nstart=%s, type=83\n' \
  $boot $((boot_mib * 2048)) $root | sfdisk --quiet --no-reread --no-tell-kernel disk.img
export MTOOLS_SKIP_CHECK=1
mformat -i "disk.img@@$((boot * 512))" -F -v bootfs -T $((boot_mib * 2048)) -h 255 -s 63 -c 4 -H $boot ::
mcopy -i "disk.img@@$((boot * 512))" -s fat/* ::
mke2fs -q -F -t ext4 -L rootfs -O '^64bit,^huge_file' -E "offset=$((root * 512)),nodiscard" -d tree disk.img ${root_mib}M
rm -r tree fat large
xz -1 -T0 < disk.img > image.xz
rm disk.img
