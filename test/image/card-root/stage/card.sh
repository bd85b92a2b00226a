#!/bin/bash
# card.sh TREE CASE: one card, from one start to the next. Each of cases/CASE/* is a start: put/ has
# what is put on the card before it, `remove` what is taken away, `append` words for cmdline.txt,
# `cut` what is said when the plug is pulled.
set -euo pipefail
tree=$1 case=$2
own=$(dirname "$(realpath "$0")")
card=/tmp/card-$case root=/tmp/card-$case/root

mkdir -p "$card"/{changes,work,root}
# userxattr: what an overlay notes about its files is trusted.* otherwise, which a user namespace
# may not write.
mount -t overlay -o "lowerdir=$tree,upperdir=$card/changes,workdir=$card/work,userxattr" card "$root"
mount -t tmpfs -o mode=755 dev "$root/dev"
for device in null zero full random urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
mkdir -m 1777 "$root/dev/shm"

put() { # FOLDER: of a start. A file that is put on the card gets a second name there: what is in it when it is gone shows how it went
  local name
  [ ! -e "$1/remove" ] || xargs -I{} rm -rf "$root/{}" < "$1/remove"
  cp -r "$1/put/." "$root"
  if [ -e "$1/append" ]; then
    printf '%s%s\n' "$(sed 's/ *$//' "$root/boot/firmware/cmdline.txt")" "$(cat "$1/append")" > "$card/cmdline"
    cp "$card/cmdline" "$root/boot/firmware/cmdline.txt"
  fi
  mkdir -p "$root/.twins"
  for name in "$1"/put/boot/firmware/*; do
    [ ! -f "$name" ] || ln -f "$root/boot/firmware/${name##*/}" "$root/.twins/"
  done
}

start() { # FOLDER SEEN: with a plug that is pulled as soon as the start says so; nothing of it runs on when this has ended
  local cut line pid
  cut=$(cat "$1/cut" 2> /dev/null || :)
  coproc machine { exec unshare --mount --pid --uts --fork --kill-child=KILL bash "$own/start.sh" "$root" "$2" 2>&1; }
  pid=$machine_PID
  while read -r line; do
    echo "$line"
    [ -z "$cut" ] || [[ $line != *"$cut"* ]] || kill -KILL "$pid" 2> /dev/null || :
  done <&"${machine[0]}" > "$2/said"
  wait "$pid" 2> /dev/null || :
}

look() { # SEEN: all that is another than in the image, and what it is now
  cd "$card/changes"
  find . -mindepth 1 -printf '%y\t%m\t%U:%G\t/%P\t%l\n' > "$1/list"
  mkdir "$1/files"
  find . -type f -print0 | xargs -0 -r cp --parents --no-preserve=mode,ownership -t "$1/files"
  cd "$OLDPWD"
}

# shellcheck disable=SC2012 # numbers
for number in $(ls "cases/$case" | sort -n); do
  folder=$PWD/cases/$case/$number seen=$PWD/seen/$case/$number
  mkdir -p "$seen"
  put "$folder"
  start "$folder" "$seen"
  look "$seen"
done
cd /
umount --recursive "$root"
rm -rf "$card"
