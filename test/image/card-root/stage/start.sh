#!/bin/bash
# start.sh ROOT SEEN: what a start of the card runs of ours, in namespaces of its own. The scripts
# are the image's, and so is what they run, under qemu-user, but for the twins of run.sh and for
# systemctl and sync: see recorder.c.
set -eu
root=$1 seen=$2

rm -rf "$root"/run/* "$root"/tmp/*
mkdir -p "$root/run/sshd"
hostname "$(cat "$root/etc/hostname")"
mount --rbind /proc "$root/proc"
sed 's/^/coherent_pool=1M /' "$root/boot/firmware/cmdline.txt" > "$seen/cmdline"
mount --bind "$seen/cmdline" "$root/proc/cmdline"
mount -t tmpfs real "$root/mnt"
# /proc is that of the sandbox, in which this has another number than here
read -r own _ < /proc/self/stat
ln -s "/proc/$own/fd/1" "$root/mnt/console"
: > "$root/mnt/systemctl"
mount --bind "$root/usr/bin/systemctl" "$root/mnt/systemctl"
path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin
cut=$(cat "${seen/\/seen\///cases/}/cut" 2> /dev/null || :)
case $cut in
  'command '*) # the plug is pulled at the command of that number
    mkdir "$root/mnt/counted"
    mount --bind /tmp/counted "$root/mnt/counted"
    echo "${cut#command }" > "$root/mnt/cut"
    : > "$root/mnt/count"
    path=/mnt/counted:$path
    ;;
esac
for program in systemctl sync; do mount --bind recorder "$root/usr/bin/$program"; done

inside() { env -i PATH=$path LANG=C.UTF-8 SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" chroot "$root" "$@"; }
status=0
if grep -q ' systemd\.run=' "$seen/cmdline"; then
  inside /usr/lib/downbeat/firstrun || status=$?
else
  [ -e "$root/var/lib/downbeat/first-boot.done" ] || inside /usr/lib/downbeat/first-boot || :
  if inside /usr/lib/downbeat/settings-changed; then inside /usr/lib/downbeat/settings || status=$?; else status=skipped; fi
fi
echo "$status" > "$seen/status"
[ ! -e "$root/mnt/count" ] || stat -c %s "$root/mnt/count" > "$seen/commands"
! inside /usr/lib/downbeat/settings-changed || : > "$seen/again"
hostname > "$seen/hostname"
inside sshd -T | sed -n 's/^passwordauthentication //p' > "$seen/password_login"
