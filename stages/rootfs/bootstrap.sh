#!/bin/bash
# Makes the root file system of a foreign Debian: $OUT/rootfs.tar and $OUT/packages.lock.
#
# apt and dpkg of the toolbox, which is our / and is only read, resolve, download and unpack
# natively. The new root's own dpkg configures, emulated, because a native one would do it in the
# wrong order; while it does, the programs that maintainer scripts call most are covered by their
# native twins from the toolbox. Same packages, same bytes: whatever the place, the time, the user,
# and with or without twins.
#
# Needs a mount, a pid and a user namespace of its own, in which we are root; all mounts vanish with
# it.
#   ARCH, SUITE         arm64 | armhf | armel; the release (trixie), which must be the toolbox's too
#   PACKAGES            names, separated by white space; the essential ones and apt come by themselves
#   SOURCES             sources.list (or deb822 *.sources) to take them from; also put into the root
#   OWN                 folder of .debs of our own, which win over the archive's; may be left out
#   DEBS                folder of downloaded .debs, kept between builds; builds at the same time may share it
#   WORK, OUT           scratch (the root is made in $WORK/tree) and results
#   SOURCE_DATE_EPOCH   the time of every file in the tar, in seconds
#   EXCLUDES, ANSWERS   files, may be left out: dpkg's path-exclude= and path-include= lines; debconf answers
#   TWINS               yes (default) | no: emulate everything, for comparison

what=rootfs
settings=(ARCH SUITE PACKAGES SOURCES DEBS WORK OUT SOURCE_DATE_EPOCH)
own=$(dirname "$(realpath "$0")")
# shellcheck source=stages/rootfs/common.sh
. "$own/common.sh"
[[ -r $SOURCES ]] || fail "cannot read $SOURCES"

configure_apt() {
  begin_apt
  cp "$SOURCES" "$apt/sources.d/debian.${SOURCES##*.}"
  apt-get -qq --error-on=any update
}

# The essential packages first, and by name in the second call, so that they are a part of the whole
# whatever else is asked for. Sorting makes the order of dpkg's work, and so all numbers of users,
# constant.
resolve_packages() {
  resolve '?essential' > "$WORK/essential"
  # shellcheck disable=SC2046,SC2086 # lists of words
  exactly $(cut -d' ' -f1 "$WORK/essential") apt $PACKAGES
  resolve "${exact[@]}" > "$WORK/all"
  comm -13 "$WORK/essential" "$WORK/all" > "$WORK/rest"
  cut -d' ' -f1-5 "$WORK/all" > "$OUT/packages.lock"
  ! grep -vE '^[^ ]+ [^ ]+ [^ ]+ [0-9a-f]{64} [0-9]+$' "$OUT/packages.lock" || fail 'apt gave no sha256 for these'
}

lay_skeleton() { # what dpkg must find before the first package
  rm -rf "$tree"
  mkdir -p "$tree"/{etc/apt/sources.list.d,etc/dpkg/dpkg.cfg.d,proc,sys,dev,run,tmp,usr/{bin,sbin,lib}} \
    "$tree"/var/lib/dpkg/{info,updates,triggers,alternatives}
  chmod 1777 "$tree/tmp"
  ln -s usr/bin usr/sbin usr/lib "$tree" # merged /usr from the first moment
  : > "$tree/var/lib/dpkg/status"
  echo "$ARCH" > "$tree/var/lib/dpkg/arch"
  echo 1 > "$tree/var/lib/dpkg/info/format"
  cp "$apt"/sources.d/debian.* "$tree/etc/apt/sources.list.d"
  [[ ! -s $EXCLUDES ]] || cp "$EXCLUDES" "$tree/etc/dpkg/dpkg.cfg.d/excludes" # for upgrades on the device
  mount --bind "$tree" "$tree"                                                # a mount of its own: whatever will be mounted below goes with it
}

unpack_essentials() { # their scripts can work from outside (DPKG_ROOT), so nothing foreign runs yet
  unpack "$WORK/essential" --force-script-chrootless
  [[ $(inside dpkg --print-architecture) == "$ARCH" ]] || fail "this host cannot run programs for $ARCH:" \
    'it takes Linux 6.7 and a user namespace, or the package qemu-user-binfmt on the host'
}

check_packages() { # all that was resolved is installed, and nothing else
  inside dpkg --audit > "$WORK/audit"
  [[ ! -s $WORK/audit ]] || fail "dpkg finds packages in a wrong state: $WORK/audit"
  # shellcheck disable=SC2016 # fields of dpkg
  inside dpkg-query -f '${Package} ${Version} ${Architecture} ${db:Status-Abbrev}\n' -W | sort > "$WORK/installed"
  sed 's/ [^ ]* [^ ]*$/ ii /' "$OUT/packages.lock" | diff - "$WORK/installed" > "$WORK/differences" ||
    fail "other packages are installed than were resolved: $WORK/differences"
}

mkdir -p "$OUT" "$TMPDIR"
begin 'register the emulator'
register_emulator
begin 'read the package indices'
configure_apt
begin 'resolve the packages'
resolve_packages
begin 'download the packages'
download_packages
begin 'lay the skeleton of the root'
lay_skeleton
begin 'unpack the essential packages'
unpack_essentials
begin 'mount devices and native twins'
mount_devices
bind_libraries
bind_twins
begin 'configure the essential packages'
configure --configure -a
begin 'set the debconf answers'
inside debconf-set-selections < "$ANSWERS"
begin 'unpack the other packages'
unpack "$WORK/rest"
bind_twins
begin 'configure the other packages'
configure --no-triggers --configure -a
begin 'run the triggers'
configure --triggers-only -a
begin 'check the packages'
check_packages
begin 'clean the root'
clean
begin 'pack the root'
pack
begin "done: $(wc -l < "$OUT/packages.lock") packages"
