#!/bin/sh
# The inside of a stage: pid 1 of new user, mount and pid namespaces (made by
# lib/engine/sandbox/sandbox.ts). Builds a root on a tmpfs in which only the toolbox, the stage's
# own folders and its inputs exist, and runs one bash script there. Every mount and process ends
# with the namespaces, so there is nothing to clean up, whatever happens.
#
#   inside.sh ROOT TOOLBOX CWD WRITABLE READABLE SCRIPT      (WRITABLE, READABLE: one path a line)
set -eu
root=$1 toolbox=$2 cwd=$3 writable=$4 readable=$5 script=$6

bind_read_only() {
  mount --rbind "$1" "$2"
  mount -o remount,bind,ro "$2" 2> /dev/null || mount -o "remount,bind,$(kept_flags "$1")ro" "$2"
}
# A mount made here inherits flags such as nosuid and nodev from the host; the kernel refuses to
# drop them in a user namespace, so the remount has to repeat them.
kept_flags() {
  findmnt -n -o VFS-OPTIONS -T "$1" | tr , '\n' | grep -xE 'nosuid|nodev|noexec|noatime|nodiratime|relatime' | tr '\n' ,
}
same_place() { # makes the path exist in the new root
  if [ -d "$1" ]; then mkdir -p "$root$1"; else mkdir -p "$root$(dirname "$1")" && : > "$root$1"; fi
}

mount --make-rprivate /
mkdir -p "$root"
mount -t tmpfs -o mode=755 sandbox "$root"
mkdir "$root/dev" "$root/proc" "$root/run" "$root/root" "$root/sys"
for dir in bin sbin lib lib64; do ln -s "usr/$dir" "$root/$dir"; done
for dir in usr etc var; do
  mkdir "$root/$dir"
  bind_read_only "$toolbox/$dir" "$root/$dir"
done
mkdir -m 1777 "$root/tmp" "$root/dev/shm"
for node in null zero full random urandom tty; do
  : > "$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
mount -t proc proc "$root/proc"
# Names and addresses of the host, for the stages that download.
for file in /etc/resolv.conf /etc/hosts; do
  [ ! -e "$file" ] || [ ! -e "$root$file" ] || mount --bind "$(readlink -f "$file")" "$root$file"
done

IFS='
'
for path in $readable; do same_place "$path" && bind_read_only "$path" "$root$path"; done
for path in $writable; do same_place "$path" && mount --rbind "$path" "$root$path"; done
unset IFS

cd "$root"
mkdir .old
pivot_root . .old
cd "$cwd"
umount -l /.old
rmdir /.old
mount -o remount,ro /
exec bash -c "$script"
