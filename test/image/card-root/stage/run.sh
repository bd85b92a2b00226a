#!/bin/bash
# run.sh IMAGE ROOT-OFFSET FAT-OFFSET JOBS: takes an image apart, and lets a card with its files go
# through each of cases/. What was seen is in seen/. Works in the folder it is started in, in the
# sandbox of the toolbox. Nothing is mounted but in namespaces that end with it; the files of a card
# are in memory.
set -euo pipefail
image=$1 root_at=$2 fat_at=$3 jobs=$4
own=$(dirname "$(realpath "$0")")
tree=/tmp/tree

# The files of the image with their owners and modes; of those on the FAT all are root's, as the
# mount has it.
gcc -O2 -o ext2tar ext2tar.c -lext2fs -le2p -lcom_err -larchive
for program in recorder counter; do gcc -O2 -static -Wall -Wextra -Werror -o $program "$own/$program.c"; done
mkdir "$tree"
./ext2tar tar "$image" "$root_at" 17179869184 ./boot/firmware | tar -xpf - -C "$tree" --numeric-owner --warning=no-unknown-keyword
MTOOLS_SKIP_CHECK=1 mcopy -s -n -i "$image@@$fat_at" '::*' "$tree/boot/firmware"

# A card whose first boot is done, but for what that does to the disk.
for step in host_keys machine_id grow_root disk_id first-boot; do : > "$tree/var/lib/downbeat/$step.done"; done
for type in ed25519 ecdsa; do ssh-keygen -q -t $type -N '' -C '' -f "$tree/etc/ssh/ssh_host_${type}_key"; done
echo 0123456789abcdef0123456789abcdef > "$tree/etc/machine-id"
# its kernel is not the one that runs here
ln -s "$(ls "$tree/usr/lib/modules")" "$tree/usr/lib/modules/$(uname -r)"

arch=$(cat "$tree/var/lib/dpkg/arch")
if [ "$(dpkg --print-architecture)" != "$arch" ]; then
  # As in rootfs/common.sh: a rule of our own where this kernel has one for each user namespace, and
  # the host's where it has not.
  case $arch in arm64) emulator=qemu-aarch64 ;; *) emulator=qemu-arm ;; esac
  ! mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc 2> /dev/null || [ -e /proc/sys/fs/binfmt_misc/$emulator ] ||
    cat /usr/lib/binfmt.d/$emulator.conf > /proc/sys/fs/binfmt_misc/register
  # cat, mv, sed ... of the same release for this machine: nine of ten processes of a start are
  # these, and emulation costs most where a process does least. The shell, the tools of accounts and
  # all that is ours stay the card's own.
  mapfile -t twins < <(dpkg -L coreutils sed grep | grep '^/usr/bin/' && printf '/usr/bin/%s\n' getent systemctl)
  for path in "${twins[@]}"; do [ ! -f "$tree$path" ] || cp --no-dereference --remove-destination "$path" "$tree$path"; done
  { ldd "${twins[@]}" 2> /dev/null || :; } | sed -n 's|.*[ \t]\(/usr\)\?\(/lib[^ ]*\) (0x.*|\2|p' | sort -u | # some are scripts
    xargs cp -L --parents -t "$tree"
fi

# Of every program of the card a name that is counted; start.sh puts it before the others.
mkdir /tmp/counted
cp counter /tmp/counted/.counter
find "$tree"/usr/bin "$tree"/usr/sbin -maxdepth 1 ! -type d -printf '%f\n' | sort -u |
  while read -r program; do ln -s .counter "/tmp/counted/$program"; done

# the ones with the most starts first, so that none of them is alone in the end
# shellcheck disable=SC2012,SC2045 # names of ours
for case in $(ls cases); do echo "$(ls "cases/$case" | wc -l) $case"; done | sort -rn | cut -d ' ' -f 2 |
  xargs -P "$jobs" -I{} unshare --mount bash "$own/card.sh" "$tree" {}

# What is in the image in the places of all that has changed on a card.
mkdir -p seen/image/files
cd "$tree"
cut -f 4 "$OLDPWD"/seen/*/*/list | sed 's|^/||' | sort -u | while read -r path; do
  [ -L "$path" ] || [ ! -f "$path" ] || printf '%s\0' "$path"
done > /tmp/paths
# shellcheck disable=SC2185 # they are in that file
find -files0-from /tmp/paths -maxdepth 0 -printf '%y\t%m\t%U:%G\t/%p\t%l\n' > "$OLDPWD/seen/image/list"
xargs -0 cp --parents --no-preserve=mode,ownership -t "$OLDPWD/seen/image/files" < /tmp/paths
