#!/bin/bash
# Makes what the tests have in place of Raspberry Pi's servers: folders named by host in $OUT, and
# what is in them in $FACTS.
#
#   downloads.raspberrypi.com/…/<date>-raspios-<suite>-<arch>-lite.img.xz, with .sha256 and .sig, and Imager's list
#   www.raspberrypi.org/raspberrypi_downloads.gpg.key
#   archive.raspberrypi.com/debian: the archive that the image names beside Debian's, signed by a key that is in the image
#
# Everything is Debian's, but for small packages of ours that have the names, units and scripts of
# Raspberry Pi's own (packages/). Sizes, names of partitions, texts and first boot: as
# RPi-Distro/pi-gen and an image of 2026-09-15 have them. What it does not show: whatever the real
# packages do otherwise.
set -euo pipefail
own=$(dirname "$(realpath "$0")")
date=2026-09-15
name=$date-raspios-$SUITE-$ARCH-lite
downloads=$OUT/downloads.raspberrypi.com
place=raspios_lite_$ARCH/images/raspios_lite_$ARCH-$date
archive=$OUT/archive.raspberrypi.com/debian
tree=$WORK/tree
case $ARCH in # where their packages have the device trees, and the kernels that are in the image and beside it
  arm64) trees=broadcom kernels=(v8) more=(v8-rt) bits=64 ;;
  armhf) trees=. kernels=(v7) more=() bits=32 ;;
esac
export TZ=UTC0
say() { echo "· $*"; }

key() { # NAME: a key to sign with
  gpg --batch --quiet --passphrase '' --faked-system-time "$SOURCE_DATE_EPOCH" --quick-generate-key "$1" rsa2048 sign never 2> gpg.log ||
    {
      cat gpg.log >&2
      exit 1
    }
}
sign() { gpg --batch --quiet --yes --local-user "$1" "${@:2}"; }

package() { # FOLDER: a .deb in $WORK/own
  dpkg-deb --root-owner-group -Zgzip -z1 --build "$1" "$WORK/own" > dpkg.log || {
    cat dpkg.log >&2
    exit 1
  }
}

# Raspberry Pi's kernel packages: their files and hooks, our kernel in them.
kernel_package() { # FLAVOUR
  local version=${RELEASE%%-*}+rpt-rpi-$1 folder=$WORK/kernel-$1
  mkdir -p "$folder"/{DEBIAN,boot} "$folder/usr/lib/linux-image-$version"/{"$trees",overlays}
  tar -xf "$MODULES" -C "$folder" usr boot
  ln -s "$RELEASE" "$folder/usr/lib/modules/$version" # the kernel calls itself by its own name, the scripts by this one
  cp "$KERNEL" "$folder/boot/vmlinuz-$version"
  for tree_file in "$TREES"/*.dtb; do # by the names of their own kernel
    base=$(basename "$tree_file" | sed 's/^bcm2837-/bcm2710-/; s/^bcm2836-/bcm2709-/')
    cp "$tree_file" "$folder/usr/lib/linux-image-$version/$trees/$base"
  done
  cp "$folder/usr/lib/linux-image-$version/$trees"/bcm2711-rpi-cm4{-io,}.dtb
  for overlay in "$own"/overlays/*.dts "$OVERLAYS"/*.dts; do
    dtc -q -@ -I dts -O dtb -o "$folder/usr/lib/linux-image-$version/overlays/$(basename "$overlay" .dts).dtbo" "$overlay"
  done
  echo 'Overlays' > "$folder/usr/lib/linux-image-$version/overlays/README"
  cat > "$folder/DEBIAN/control" << EOF
Package: linux-image-$version
Version: 1:${RELEASE%%-*}-1+rpt1
Architecture: $ARCH
Maintainer: downbeat <downbeat@invalid>
Depends: kmod, initramfs-tools
Description: stand-in for a kernel of Raspberry Pi's
EOF
  for script in postinst postrm; do
    printf '#!/bin/sh\nset -e\n%s\n' "DEB_MAINT_PARAMS=\"\$*\" run-parts --report --exit-on-error --arg=$version --arg=/boot/vmlinuz-$version /etc/kernel/$script.d" \
      > "$folder/DEBIAN/$script"
    chmod 755 "$folder/DEBIAN/$script"
  done
  package "$folder"
  mkdir -p "$WORK/meta-$1/DEBIAN"
  cat > "$WORK/meta-$1/DEBIAN/control" << EOF
Package: linux-image-rpi-$1
Version: 1:${RELEASE%%-*}-1+rpt1
Architecture: $ARCH
Maintainer: downbeat <downbeat@invalid>
Depends: linux-image-$version
Description: stand-in for the newest kernel of Raspberry Pi's
EOF
  package "$WORK/meta-$1"
}

cd "$WORK"
export GNUPGHOME=/tmp/gnupg
mkdir -p "$GNUPGHOME"
chmod 700 "$GNUPGHOME"
mkdir -p own "$downloads/$place" "$archive/pool" "$archive/dists/$SUITE/main/binary-$ARCH" "$OUT/www.raspberrypi.org"

say 'make the keys'
key 'Stand-in for the downloads <downloads@invalid>'
key 'Stand-in for the archive <archive@invalid>'
fingerprint=$(gpg --batch --with-colons --list-keys downloads@invalid | awk -F: '/^fpr/ { print $10; exit }')
gpg --batch --armor --export downloads@invalid > "$OUT/www.raspberrypi.org/raspberrypi_downloads.gpg.key"

say 'make the packages'
for folder in "$own"/packages/*; do
  cp -rT "$folder" "$(basename "$folder")"
  chmod -f 755 "$(basename "$folder")"/DEBIAN/{postinst,prerm,postrm} "$(basename "$folder")"/etc/kernel/*/* \
    "$(basename "$folder")"/usr/bin/* "$(basename "$folder")"/usr/lib/*/firstboot || true
done
mkdir -p raspberrypi-archive-keyring/usr/share/keyrings raspi-firmware/usr/lib
cp -r "$FIRMWARE" raspi-firmware/usr/lib/raspi-firmware
gpg --batch --export archive@invalid > raspberrypi-archive-keyring/usr/share/keyrings/raspberrypi-archive-keyring.pgp
for folder in "$own"/packages/*; do package "$(basename "$folder")"; done
for flavour in "${kernels[@]}" "${more[@]}"; do kernel_package "$flavour"; done

say 'make the archive'
for flavour in "${more[@]}"; do mv own/*"$flavour"* "$archive/pool"; done
cp own/*.deb "$archive/pool"
cd "$archive"
dpkg-scanpackages --multiversion --arch "$ARCH" pool > "dists/$SUITE/main/binary-$ARCH/Packages" 2> "$WORK/dpkg.log"
cd "dists/$SUITE"
{
  printf 'Origin: Raspberry Pi Foundation\nLabel: Raspberry Pi Foundation\nSuite: stable\nCodename: %s\nComponents: main\nArchitectures: %s\nDate: %s\nSHA256:\n' \
    "$SUITE" "$ARCH" "$(date -Ru -d "@$SOURCE_DATE_EPOCH")"
  find main -type f -printf '%P\n' | while read -r file; do echo " $(sha256sum < "main/$file" | cut -d' ' -f1) $(stat -c %s "main/$file") main/$file"; done
} > Release
sign archive@invalid --clearsign --output InRelease Release
cd "$WORK"

say 'bootstrap the root'
# shellcheck disable=SC2097,SC2098 # the WORK of this script, before it is another one for that command
PACKAGES="systemd-sysv udev kmod dbus polkitd network-manager avahi-daemon modemmanager openssh-server sudo nano procps fdisk
  parted dosfstools e2fsprogs initramfs-tools alsa-utils python3-minimal triggerhappy
  raspi-config raspberrypi-sys-mods userconf-pi rpi-swap cloud-init rpi-cloud-init-mods raspi-firmware raspberrypi-archive-keyring
  ${kernels[*]/#/linux-image-rpi-}" \
  SOURCES=/etc/apt/sources.list OWN=$WORK/own OUT=$WORK/result WORK=$WORK/root bash "$BOOTSTRAP"

say 'give it its own texts'
mkdir "$tree"
tar -xpf "$WORK/result/rootfs.tar" -C "$tree" --numeric-owner --xattrs --xattrs-include=security.capability
disk=$(sha256sum < "$WORK/result/packages.lock" | cut -c1-8)
mkdir -p "$tree/boot/firmware"
cp "$own"/boot/* "$tree/boot/firmware"
sed -i "s/DISK/$disk/" "$tree/boot/firmware/cmdline.txt"
[[ $bits == 64 ]] || sed -i '/^# Run in 64-bit mode$/,/^$/d' "$tree/boot/firmware/config.txt"
printf '#cloud-config\n' > "$tree/boot/firmware/user-data"
# what Windows leaves on a card, and a name that would be a command if it were not taken for a name
# shellcheck disable=SC2016
for folder in '$RECYCLE.BIN' 'a $(reboot) b'; do
  mkdir "$tree/boot/firmware/$folder"
  printf 'kept\n' > "$tree/boot/firmware/$folder/desktop.ini"
done
printf '# network\n' > "$tree/boot/firmware/network-config"
printf 'dsmode: local\ninstance_id: rpios-image\n' > "$tree/boot/firmware/meta-data"
printf 'Raspberry Pi reference %s\n' "$date" | tee "$tree/etc/rpi-issue" > "$tree/boot/firmware/issue.txt"
for file in config.txt cmdline.txt; do
  printf 'DO NOT EDIT THIS FILE\n\nThe file you are looking for has moved to /boot/firmware/%s\n' "$file" > "$tree/boot/$file"
done
ln -s firmware/overlays "$tree/boot/overlays"
printf 'proc /proc proc defaults 0 0\nPARTUUID=%s-01 /boot/firmware vfat defaults 0 2\nPARTUUID=%s-02 / ext4 defaults,noatime 0 1\n' \
  "$disk" "$disk" > "$tree/etc/fstab"
echo raspberrypi > "$tree/etc/hostname"
echo uninitialized > "$tree/etc/machine-id"
useradd --prefix "$tree" --create-home --shell /usr/sbin/nologin --groups adm,dialout,cdrom,audio,sudo,video,plugdev,input pi
rm -f "$tree"/etc/*-
systemctl --quiet --root="$tree" disable ssh.service
# its archives: Debian's, at the address that the toolbox has it from, and its own
: > "$tree/etc/apt/sources.list"
printf 'Types: deb\nURIs: http://archive.raspberrypi.com/debian/\nSuites: %s\nComponents: main\nSigned-By: /usr/share/keyrings/raspberrypi-archive-keyring.pgp\n' \
  "$SUITE" > "$tree/etc/apt/sources.list.d/raspi.sources"

say 'write the image'
fat=$WORK/fat img=$name.img
mkdir "$fat"
find "$tree/boot/firmware" -mindepth 1 -maxdepth 1 -exec mv -t "$fat" {} +
find "$tree" "$fat" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
blocks=$(du -s --block-size=1M "$tree" | cut -f1)
mib=$(((blocks * 6 / 5 + 200 + 7) / 8 * 8))
truncate -s $((1064960 * 512 + mib * 1048576)) "$img"
printf 'label: dos\nlabel-id: 0x%s\nunit: sectors\nstart=16384, size=1048576, type=c\nstart=1064960, type=83\n' "$disk" |
  sfdisk --quiet --no-reread --no-tell-kernel "$img"
export MTOOLS_SKIP_CHECK=1
mformat -i "$img@@8388608" -F -v bootfs -N "$disk" -T 1048576 -h 255 -s 63 -c 1 -H 16384 ::
(cd "$fat" && mcopy -s -m -i "$WORK/$img@@8388608" ./* ::)
uuid=15f4c6be-1102-4331-9904-f78e78afd1fd # that of an image of 2026-06-18
E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH mke2fs -q -F -t ext4 -O ^64bit,^huge_file,orphan_file,metadata_csum_seed -L rootfs -U $uuid \
  -E "hash_seed=$uuid,offset=545259520" -d "$tree" "$img" "$mib"M
raw=$(sha256sum < "$img" | cut -d' ' -f1)
xz -1 -T0 --block-size=16MiB --stdout "$img" > "$downloads/$place/$img.xz"

say 'sign it, and list it'
cd "$downloads/$place"
sha256sum "$img.xz" > "$img.xz.sha256"
packed=$(cut -d' ' -f1 "$img.xz.sha256")
sign downloads@invalid --detach-sign --output "$img.xz.sig" "$img.xz"
cat > "$downloads/os_list_imagingutility_v4.json" << EOF
{"imager": {"latest_version": "2.0.0"}, "os_list": [
  {"name": "Raspberry Pi OS (64-bit)", "url": "https://downloads.raspberrypi.com/desktop.img.xz", "extract_sha256": "$(printf '%064d' 0)"},
  {"name": "Raspberry Pi OS (other)", "subitems": [
    {"name": "Raspberry Pi OS Lite ($bits-bit)", "url": "https://downloads.raspberrypi.com/$place/$img.xz",
     "extract_size": $(stat -c %s "$WORK/$img"), "extract_sha256": "$raw", "image_download_size": $(stat -c %s "$img.xz"),
     "release_date": "$date", "init_format": "cloudinit-rpi", "devices": ["pi5-64bit", "pi4-64bit", "pi3-64bit"]}]}]}
EOF
rm "$WORK/$img"
printf '{ "path": "%s", "sha256": "%s", "unpacked_sha256": "%s", "fingerprint": "%s" }\n' "$place/$img.xz" "$packed" "$raw" "$fingerprint" > "$FACTS"
