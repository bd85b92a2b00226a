#!/bin/bash
# Lays the root file system of an image: $TREE, and the boot partition of a published base in it at
# boot/firmware.
#
#   TREE                the folder to make
#   ROOTFS, CONFIGURED  tars: the root as the rootfs stage made it, and our rendered files
#   PROGRAMS            a folder with small programs of our own, laid over it
#   MODULES             a tar with the modules of a kernel that is built here; empty: the base has its own
#   WIFI                a folder with firmware of radios; empty: the base has it
#   CARDS               a folder with what other sound cards need; it need not be there
#   OWN_FILES           a folder with somebody's own files, laid over it; empty: none
#   HOOKS               a folder with somebody's own scripts; it need not be there
#   ACCOUNT, KEYS       the name of the user, and a file with his SSH keys
#   MASK, ENABLE        units, separated by white space
#   SSH                 enable or disable: without a key nobody could log in, and the settings of a card switch it on
set -euo pipefail
: "$TREE" "$ROOTFS" "$CONFIGURED" "$PROGRAMS" "$MODULES" "$WIFI" "$CARDS" "$OWN_FILES" "$HOOKS" "$ACCOUNT" "$KEYS" "$MASK" "$ENABLE" "$SSH"
own=$(dirname "$(realpath "$0")")

unpack_all() {
  mkdir "$TREE"
  tar --blocking-factor=128 -xpf "$ROOTFS" -C "$TREE" --numeric-owner --acls --xattrs --xattrs-include='*'
  mkdir -p "$TREE/boot/firmware" "$TREE/var/lib/downbeat"
  [[ -z $MODULES ]] || tar -xpf "$MODULES" -C "$TREE" --keep-directory-symlink
  tar -xpf "$CONFIGURED" -C "$TREE" --keep-directory-symlink --no-overwrite-dir
  [[ ! -d $CARDS ]] || cp -r "$CARDS" "$TREE/usr/share/downbeat"
  cp -r "$PROGRAMS/." "$TREE"
  [[ -z $WIFI ]] || cp --update=none "$WIFI"/* "$TREE/usr/lib/firmware/brcm/"
}

# Those of programs that come without their package. Before the user, whose name may not be theirs.
add_accounts() {
  local file
  for file in "$TREE"/usr/lib/sysusers.d/downbeat-*.conf; do
    [[ ! -e $file ]] || systemd-sysusers --root="$TREE" "${file##*/}"
  done
}

add_user() {
  local home=$TREE/home/$ACCOUNT uid
  bash "$own/add-user.sh" "$TREE" "$ACCOUNT"
  uid=$(stat -c %u "$home")
  install -d -m 700 -o "$uid" -g "$uid" "$home/.ssh"
  install -m 600 -o "$uid" -g "$uid" "$KEYS" "$home/.ssh/authorized_keys"
  rm -f "$TREE"/etc/*- "$TREE/etc/.pwd.lock"
}

# As they are, but for the owner: what lies in the home of the user is his. What is for the boot
# partition is laid there, over all the rest (boot.sh).
lay_own_files() {
  [[ -n $OWN_FILES ]] || return 0
  local uid path target
  # a link to a whole path would lead out of the tree
  while IFS= read -rd '' path; do
    target=$(readlink "$TREE/$path" || :)
    [[ $target != /* ]] || {
      echo "is a link to $target in the image: put what is in it into files$target" > "$HOOKS/files.why"
      echo "$path" > "$HOOKS/files.path"
      return 1
    }
  done < <(cd "$OWN_FILES" && find . -mindepth 1 -type d -printf '%P\0')
  uid=$(stat -c %u "$TREE/home/$ACCOUNT")
  tar -c -C "$OWN_FILES" --owner=0 --group=0 --exclude=./boot/firmware . | tar -xp -C "$TREE" --keep-directory-symlink --no-overwrite-dir
  (cd "$OWN_FILES" && find . -mindepth 1 -path "./home/$ACCOUNT/*" -print0) |
    while IFS= read -rd '' path; do chown -h "$uid:$uid" "$TREE/$path"; done
}

# What the scripts of Raspberry Pi Imager look for, where the base has none of its own.
link_for_imager() {
  local twin path
  for twin in raspberrypi-sys-mods/imager_custom=imager-custom userconf-pi/userconf=userconf; do
    path=$TREE/usr/lib/${twin%%=*}
    [[ -e $path ]] || { mkdir -p "$(dirname "$path")" && ln -s "../downbeat/${twin##*=}" "$path"; }
  done
}

switch_units() {
  export SYSTEMCTL_SKIP_SYSV=1 # for a unit that has a script of SysV beside it, systemctl would run a program of the tree
  local mask enable
  read -ra mask <<< "$MASK"
  read -ra enable <<< "$ENABLE"
  ((${#mask[@]} == 0)) || systemctl --quiet --root="$TREE" mask "${mask[@]}"
  ((${#enable[@]} == 0)) || systemctl --quiet --root="$TREE" enable "${enable[@]}"
  systemctl --quiet --root="$TREE" "$SSH" ssh.service
}

unpack_all
add_accounts
add_user
link_for_imager
lay_own_files
switch_units
bash "$own/hook.sh" "$HOOKS/root" "$TREE"
# With these two systemd knows that nothing has changed since the image was made, and rebuilds no
# caches.
touch "$TREE/etc/.updated" "$TREE/var/.updated"
