#!/bin/bash
# Makes the root file system of a foreign Debian: $OUT/rootfs.tar and $OUT/packages.lock.
#
# apt and dpkg of the toolbox, which is our / and is only read, resolve, download and unpack natively. The
# new root's own dpkg configures, emulated, because a native one would do it in the wrong order; while it
# does, the programs that maintainer scripts call most are covered by their native twins from the toolbox.
# Same packages, same bytes: whatever the place, the time, the user, and with or without twins.
#
# Needs a mount, a pid and a user namespace of its own, in which we are root; all mounts vanish with it.
#   ARCH, SUITE         arm64 | armhf | armel; the release (trixie), which must be the toolbox's too
#   PACKAGES            names, separated by white space; the essential ones and apt come by themselves
#   SOURCES             sources.list (or deb822 *.sources) to take them from; also put into the root
#   OWN                 folder of .debs of our own, which win over the archive's; may be left out
#   DEBS                folder of downloaded .debs, kept between builds; builds at the same time may share it
#   WORK, OUT           scratch (the root is made in $WORK/tree) and results
#   SOURCE_DATE_EPOCH   the time of every file in the tar, in seconds
#   EXCLUDES, ANSWERS   files, may be left out: dpkg's path-exclude= and path-include= lines; debconf answers
#   TWINS               yes (default) | no: emulate everything, for comparison
set -euo pipefail

step='read the settings'
say_why() { # the last words of every failure, wherever it happened
  local status=$?
  ((status == 0)) || echo "rootfs: ${reason:-could not $step (exit status $status)}" >&2
}
trap say_why EXIT
fail() { reason=$*; exit 1; }
begin() { step=$*; echo "· $step"; }

for name in ARCH SUITE PACKAGES SOURCES DEBS WORK OUT SOURCE_DATE_EPOCH; do
  [[ -n ${!name:-} ]] || fail "$name is not set"
done
: "${OWN:=}" "${EXCLUDES:=/dev/null}" "${ANSWERS:=/dev/null}" "${TWINS:=yes}"
for file in "$SOURCES" "$EXCLUDES" "$ANSWERS"; do [[ -r $file ]] || fail "cannot read $file"; done
tree=$WORK/tree
twins=$(dirname "$(realpath "$0")")/twins.list
libraries=/usr/lib/x86_64-linux-gnu # of the toolbox; on another machine there are no twins
[[ -d $libraries ]] || TWINS=no
case $ARCH in
  arm64) emulator='qemu-aarch64' ;;
  armhf | armel) emulator='qemu-arm' ;;
  *) fail "ARCH=$ARCH is no architecture of a Raspberry Pi: arm64, armhf or armel" ;;
esac
grep -qx "VERSION_CODENAME=$SUITE" /etc/os-release || fail "the toolbox is not made for $SUITE"

# All that scripts in the root see; nothing of it depends on who builds.
environment=(DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true LC_ALL=C.UTF-8 LANG=C.UTF-8 TZ=UTC0
  SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
export "${environment[@]}" HOME="$WORK/tmp" TMPDIR="$WORK/tmp"
umask 022

inside() { env -i "${environment[@]}" HOME=/root chroot "$tree" "$@"; }
quietly() { # COMMAND...: shows what it said only if it fails
  "$@" > "$WORK/log" 2>&1 || { tail -n 30 "$WORK/log" >&2; return 1; }
}

# In a user namespace of Linux 6.7 and later binfmt_misc is private: nobody else sees our rule. In the initial
# one (its number is fixed in the kernel) it is the host's, which is not ours to change. Where we cannot have
# our own, the host may have a rule; unpack_essentials finds out.
register_emulator() {
  [[ $(dpkg --print-architecture) != "$ARCH" ]] || return 0
  [[ $(readlink /proc/self/ns/user) != 'user:[4026531837]' ]] || return 0
  mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc 2> /dev/null || return 0
  [[ -e /proc/sys/fs/binfmt_misc/$emulator ]] ||
    cat "/usr/lib/binfmt.d/$emulator.conf" > /proc/sys/fs/binfmt_misc/register
}

offer_own() { # APT: a small archive beside Debian's, trusted because the build made it
  mkdir "$1/own"
  cp "$OWN"/*.deb "$1/own"
  (cd "$1/own" && dpkg-scanpackages --arch "$ARCH" --multiversion . > Packages 2> "$WORK/log") || { cat "$WORK/log" >&2; return 1; }
  echo "deb [trusted=yes] copy:$1/own ./" > "$1/sources.d/own.list"
  printf 'Package: *\nPin: origin ""\nPin-Priority: 1001\n' > "$1/preferences"
}

configure_apt() { # with a place of its own; of the toolbox's settings only the keys count
  local apt=$WORK/apt
  rm -rf "$apt"
  mkdir -p "$apt"/{sources.d,lists/partial,archives/partial}
  cp "$SOURCES" "$apt/sources.d/debian.${SOURCES##*.}"
  : > "$apt/status"
  : > "$apt/preferences"
  [[ -z $OWN ]] || offer_own "$apt"
  cat > "$apt/apt.conf" << EOF
Dir::Etc::Parts "/dev/null"; Dir::Etc::Main "/dev/null";
Dir::Etc::SourceList "/dev/null"; Dir::Etc::SourceParts "$apt/sources.d";
Dir::Etc::Preferences "$apt/preferences"; Dir::Etc::PreferencesParts "/dev/null";
Dir::Cache "$apt"; Dir::State "$apt"; Dir::State::status "$apt/status";
APT::Architecture "$ARCH"; APT::Architectures { "$ARCH"; };
APT::Install-Recommends "false"; APT::Sandbox::User "root"; Debug::NoLocking "true";
Acquire::Languages "none"; Acquire::ForceHash "SHA256"; Acquire::Retries "3";
EOF
  export APT_CONFIG=$apt/apt.conf
  apt-get -qq --error-on=any update
}

resolve() { # NAME... -> these and all they depend on: name version arch sha256 size file uri
  apt-get -qq --print-uris install "$@" | awk -v quote="'" '
    { split($2, part, "_"); gsub("%3a", ":", part[2]); sub("[.]deb$", "", part[3])
      sub("^SHA256:", "", $4); gsub(quote, "", $1)
      print part[1], part[2], part[3], $4, $3, $2, $1 }' | sort
}

# The essential packages first, and by name in the second call, so that they are a part of the whole
# whatever else is asked for. Sorting makes the order of dpkg's work, and so all numbers of users, constant.
resolve_packages() {
  resolve '?essential' > "$WORK/essential"
  # shellcheck disable=SC2046,SC2086 # lists of words
  resolve $(cut -d' ' -f1 "$WORK/essential") apt $PACKAGES > "$WORK/all"
  comm -13 "$WORK/essential" "$WORK/all" > "$WORK/rest"
  cut -d' ' -f1-5 "$WORK/all" > "$OUT/packages.lock"
  ! grep -vE '^[^ ]+ [^ ]+ [^ ]+ [0-9a-f]{64} [0-9]+$' "$OUT/packages.lock" || fail 'apt gave no sha256 for these'
}

find_unfit() { # -> $WORK/unfit: .debs the cache lacks, or has with other bytes than apt's signed index says
  awk '{ print $4 "  " $6 }' "$WORK/all" > "$WORK/sha256sums"
  # sha256sum ends with 1 if one does not fit, which is just what we ask
  (cd "$DEBS"; LC_ALL=C sha256sum --check --quiet "$WORK/sha256sums" 2> /dev/null || (($? == 1))) |
    sed -n 's/: FAILED.*//p' > "$WORK/unfit"
}

download_packages() { # by rename, so that another build never sees half a file
  local new wanted
  mkdir -p "$DEBS"
  find_unfit
  [[ -s $WORK/unfit ]] || return 0
  find "$DEBS" -maxdepth 1 -name '.new.*' -mmin +1440 -exec rm -rf {} + # left by a build that was killed
  new=$(mktemp -d "$DEBS/.new.XXXXXX")
  awk -v new="$new" 'NR == FNR { unfit[$0]; next } # URI FILE HASH ...
    $6 in unfit { print $7; print new "/" $6; print "SHA256:" $4 }' "$WORK/unfit" "$WORK/all" > "$WORK/wanted"
  mapfile -t wanted < "$WORK/wanted"
  /usr/lib/apt/apt-helper -qq download-file "${wanted[@]}" || { rm -rf "$new"; return 1; }
  mv -f "$new"/* "$DEBS"
  rmdir "$new"
  find_unfit
  [[ ! -s $WORK/unfit ]] || fail "the folder of .debs does not keep what is put into it: $DEBS"
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
  cp "$WORK"/apt/sources.d/debian.* "$tree/etc/apt/sources.list.d"
  [[ ! -s $EXCLUDES ]] || cp "$EXCLUDES" "$tree/etc/dpkg/dpkg.cfg.d/excludes" # for upgrades on the device
  mount --bind "$tree" "$tree" # a mount of its own: whatever will be mounted below goes with it
}

unpack() { # LIST [OPTION...]: by the native dpkg, which does not read the settings in the root
  local excludes files
  sed -n 's/^path-/--path-/p' "$EXCLUDES" > "$WORK/options"
  cut -d' ' -f6 "$1" > "$WORK/files"
  mapfile -t excludes < "$WORK/options"
  mapfile -t files < "$WORK/files"
  # A whole set in one call: pre-dependencies must not stop it. No fsync, no questions, no log in the tree.
  quietly dpkg --root="$tree" --force-depends --force-unsafe-io --force-confnew --no-debsig \
    --log="$WORK/dpkg.log" "${excludes[@]}" "${@:2}" --unpack "${files[@]/#/"$DEBS/"}"
}

unpack_essentials() { # their scripts can work from outside (DPKG_ROOT), so nothing foreign runs yet
  unpack "$WORK/essential" --force-script-chrootless
  [[ $(inside dpkg --print-architecture) == "$ARCH" ]] || fail "this host cannot run programs for $ARCH:" \
    'it takes Linux 6.7 and a user namespace, or the package qemu-user-binfmt on the host'
}

mount_devices() {
  mount --bind /proc "$tree/proc"
  mount -t tmpfs -o mode=755 dev "$tree/dev"
  for device in null zero full random urandom tty; do
    : > "$tree/dev/$device"
    mount --bind "/dev/$device" "$tree/dev/$device"
  done
  mkdir -m 1777 "$tree/dev/shm"
  ln -s /proc/self/fd "$tree/dev/fd"
  printf '#!/bin/sh\nexit 101\n' > "$tree/usr/sbin/policy-rc.d" # "start no service"
  chmod 755 "$tree/usr/sbin/policy-rc.d"
}

bind_libraries() { # those of the twins, and the loader where they look for it
  [[ $TWINS == yes ]] || return 0
  mkdir "$tree$libraries" "$tree/usr/lib64"
  ln -s usr/lib64 "$tree/lib64"
  mount --bind -o ro "$libraries" "$tree$libraries"
  mount --bind -o ro /usr/lib64 "$tree/usr/lib64"
  # A root with perl-base only must not see one half of the toolbox's full perl: adduser would try to use it.
  grep -q '^perl ' "$WORK/all" || for path in "$libraries"/perl "$libraries"/perl5; do
    [[ ! -d $path ]] || mount -t tmpfs -o ro empty "$tree$path"
  done
}

bind_twins() { # over those programs that have arrived and are not covered yet
  [[ $TWINS == yes ]] || return 0
  grep '^/' "$twins" | while read -r path; do
    [[ -f $path && ! -L $path && -f $tree$path && ! -L $tree$path && ! $tree$path -ef $path ]] || continue
    mount --bind -o ro "$path" "$tree$path"
  done
}

configure() { # OPTION...
  quietly inside dpkg --force-unsafe-io --force-confnew --log=/tmp/dpkg.log "$@"
}

check_packages() { # all that was resolved is installed, and nothing else
  inside dpkg --audit > "$WORK/audit"
  [[ ! -s $WORK/audit ]] || fail "dpkg finds packages in a wrong state: $WORK/audit"
  inside dpkg-query -f '${Package} ${Version} ${Architecture} ${db:Status-Abbrev}\n' -W | sort > "$WORK/installed"
  sed 's/ [^ ]* [^ ]*$/ ii /' "$OUT/packages.lock" | diff - "$WORK/installed" > "$WORK/differences" ||
    fail "other packages are installed than were resolved: $WORK/differences"
}

clean() { # the builder's own traces, identity, backups, and caches and logs with times in them
  umount --recursive "$tree"
  cd "$tree"
  shopt -s nullglob dotglob
  rm -fd lib64 usr/lib64 "usr/lib/${libraries##*/}"
  rm -rf usr/sbin/policy-rc.d tmp/* run/* dev/* \
    var/lib/dpkg/*-old var/lib/dpkg/lock* var/cache/debconf/*-old \
    etc/{passwd,group,shadow,gshadow,subuid,subgid}- etc/.pwd.lock etc/.resolv.conf.systemd-resolved.bak \
    var/cache/ldconfig/aux-cache var/cache/apt/*.bin var/lib/systemd/catalog/database \
    var/log/{dpkg,alternatives,bootstrap,fontconfig}.log var/log/journal \
    var/lib/dbus/machine-id etc/machine-id etc/ssh/ssh_host_*_key*
  install -m 444 /dev/null etc/machine-id # empty: made on the first boot
  cd /
}

# One time for all files: directories carry the time of the build. File capabilities are the only extended
# attributes of Debian packages; others would be the host's. Owners are right only inside the namespace.
pack() {
  tar -C "$tree" --sort=name --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
    --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
    --xattrs --xattrs-include=security.capability -cf "$OUT/rootfs.tar.half" .
  mv "$OUT/rootfs.tar.half" "$OUT/rootfs.tar"
}

mkdir -p "$OUT" "$TMPDIR"
begin 'register the emulator';            register_emulator
begin 'read the package indices';         configure_apt
begin 'resolve the packages';             resolve_packages
begin 'download the packages';            download_packages
begin 'lay the skeleton of the root';     lay_skeleton
begin 'unpack the essential packages';    unpack_essentials
begin 'mount devices and native twins';   mount_devices; bind_libraries; bind_twins
begin 'configure the essential packages'; configure --configure -a
begin 'set the debconf answers';          inside debconf-set-selections < "$ANSWERS"
begin 'unpack the other packages';        unpack "$WORK/rest"; bind_twins
begin 'configure the other packages';     configure --no-triggers --configure -a
begin 'run the triggers';                 configure --triggers-only -a
begin 'check the packages';               check_packages
begin 'clean the root';                   clean
begin 'pack the root';                    pack
begin "done: $(wc -l < "$OUT/packages.lock") packages"
