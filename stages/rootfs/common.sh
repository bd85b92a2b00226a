# What bootstrap.sh and adapt.sh do in the same way; they say what the settings mean. Sourced, with
# $what for messages.
set -euo pipefail

step='read the settings'
say_why() { # the last words of every failure, wherever it happened
  local status=$?
  ((status == 0)) || echo "$what: ${reason:-could not $step (exit status $status)}" >&2
}
trap say_why EXIT
fail() {
  reason=$*
  exit 1
}
begin() {
  step=$*
  echo "· $step"
}

for name in "${settings[@]}"; do
  [[ -n ${!name:-} ]] || fail "$name is not set"
done
: "${OWN:=}" "${EXCLUDES:=/dev/null}" "${ANSWERS:=/dev/null}" "${TWINS:=yes}"
for file in "$EXCLUDES" "$ANSWERS"; do [[ -r $file ]] || fail "cannot read $file"; done
conffiles=--force-confnew # a question of dpkg's: take the package's own file
tree=$WORK/tree
apt=$WORK/apt
twins=$own/twins.list
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
  "$@" > "$WORK/log" 2>&1 || {
    tail -n 30 "$WORK/log" >&2
    return 1
  }
}

# In a user namespace of Linux 6.7 and later binfmt_misc is private: nobody else sees our rule. In
# the initial one (its number is fixed in the kernel) it is the host's, which is not ours to change.
# Where we cannot have our own, the host may have a rule; unpack_essentials finds out.
register_emulator() {
  [[ $(dpkg --print-architecture) != "$ARCH" ]] || return 0
  [[ $(readlink /proc/self/ns/user) != 'user:[4026531837]' ]] || return 0
  mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc 2> /dev/null || return 0
  [[ -e /proc/sys/fs/binfmt_misc/$emulator ]] ||
    cat "/usr/lib/binfmt.d/$emulator.conf" > /proc/sys/fs/binfmt_misc/register
}

offer_own() { # a small archive beside the others, trusted because the build made it
  mkdir "$apt/own"
  cp "$OWN"/*.deb "$apt/own"
  (cd "$apt/own" && dpkg-scanpackages --arch "$ARCH" --multiversion . > Packages 2> "$WORK/log") || {
    cat "$WORK/log" >&2
    return 1
  }
  echo "deb [trusted=yes] copy:$apt/own ./" > "$apt/sources.d/own.list"
  printf 'Package: *\nPin: origin ""\nPin-Priority: 1001\n' > "$apt/preferences"
}

begin_apt() { # with a place of its own, and nothing of the toolbox's settings but the keys
  rm -rf "$apt"
  mkdir -p "$apt"/{sources.d,lists/partial,archives/partial}
  : > "$apt/status"
  : > "$apt/preferences"
  [[ -z $OWN ]] || offer_own
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
}

exactly() { # NAME... -> for apt, in the array exact: these packages, and nothing that else it sees in a name
  exact=()
  local name
  for name in "$@"; do exact+=("?and(?exact-name($name),?architecture($ARCH))"); done
}

resolve() { # NAME... -> these and all they depend on, but what is there: name version arch sha256 size file uri
  apt-get -qq --print-uris install --no-upgrade "$@" | awk -v quote="'" '
    { split($2, part, "_"); gsub("%3a", ":", part[2]); sub("[.]deb$", "", part[3])
      sub("^SHA256:", "", $4); gsub(quote, "", $1)
      print part[1], part[2], part[3], $4, $3, $2, $1 }' | sort
}

find_unfit() { # -> $WORK/unfit: .debs the cache lacks, or has with other bytes than apt's signed index says
  awk '{ print $4 "  " $6 }' "$WORK/all" > "$WORK/sha256sums"
  # sha256sum ends with 1 if one does not fit, which is just what we ask
  (
    cd "$DEBS"
    LC_ALL=C sha256sum --check --quiet "$WORK/sha256sums" 2> /dev/null || (($? == 1))
  ) |
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
  /usr/lib/apt/apt-helper -qq download-file "${wanted[@]}" || {
    rm -rf "$new"
    return 1
  }
  mv -f "$new"/* "$DEBS"
  rmdir "$new"
  find_unfit
  [[ ! -s $WORK/unfit ]] || fail "the folder of .debs does not keep what is put into it: $DEBS"
}

unpack() { # LIST [OPTION...]: by the native dpkg, which does not read the settings in the root
  local excludes files
  sed -n 's/^path-/--path-/p' "$EXCLUDES" > "$WORK/options"
  cut -d' ' -f6 "$1" > "$WORK/files"
  mapfile -t excludes < "$WORK/options"
  mapfile -t files < "$WORK/files"
  # A whole set in one call: pre-dependencies must not stop it. No fsync, no questions, no log in
  # the tree.
  quietly dpkg --root="$tree" --force-depends --force-unsafe-io "$conffiles" --no-debsig \
    --log="$WORK/dpkg.log" "${excludes[@]}" "${@:2}" --unpack "${files[@]/#/"$DEBS/"}"
}

mount_devices() {
  mkdir -p "$tree"/{proc,sys,dev,run,tmp}
  mount --rbind /proc "$tree/proc" # with what is hidden in it
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
  mkdir -p "$tree$libraries" "$tree/usr/lib64"
  [[ -L $tree/lib64 ]] || {
    ln -s usr/lib64 "$tree/lib64"
    lib64=ours
  }
  mount --bind -o ro "$libraries" "$tree$libraries"
  mount --bind -o ro /usr/lib64 "$tree/usr/lib64"
  # A root with perl-base only must not see one half of the toolbox's full perl: adduser would try
  # to use it.
  { grep -q '^perl ' "$WORK/all" || [[ -e $tree/var/lib/dpkg/info/perl.list ]]; } || for path in "$libraries"/perl "$libraries"/perl5; do
    [[ ! -d $path ]] || mount -t tmpfs -o ro empty "$tree$path"
  done
}

unbind_twins() { # before programs among them are replaced
  grep '^/' "$twins" | while read -r path; do
    ! mountpoint -q "$tree$path" || umount "$tree$path"
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
  quietly inside dpkg --force-unsafe-io "$conffiles" --log=/tmp/dpkg.log "$@"
}

clean() {                    # the builder's own traces, identity, backups, and caches and logs with times in them
  umount --lazy "$tree/proc" # no single mount in it may be taken away
  umount --recursive "$tree"
  cd "$tree"
  shopt -s nullglob dotglob
  [[ ${lib64:-} != ours ]] || rm lib64
  for folder in usr/lib64 "usr/lib/${libraries##*/}"; do # not there without twins
    [[ ! -d $folder ]] || rmdir --ignore-fail-on-non-empty "$folder"
  done
  rm -rf usr/sbin/policy-rc.d tmp/* run/* dev/* \
    var/lib/dpkg/*-old var/lib/dpkg/lock* var/cache/debconf/*-old \
    etc/{passwd,group,shadow,gshadow,subuid,subgid}- etc/.pwd.lock etc/.resolv.conf.systemd-resolved.bak \
    var/cache/ldconfig/aux-cache var/cache/apt/*.bin var/lib/systemd/catalog/database \
    var/log/{dpkg,alternatives,bootstrap,fontconfig}.log var/log/journal \
    var/lib/dbus/machine-id etc/machine-id etc/ssh/ssh_host_*_key*
  install -m 444 /dev/null etc/machine-id # empty: made on the first boot
  cd /
}

# One time for all files: directories carry the time of the build. File capabilities are the only
# extended attributes of Debian packages; others would be the host's. Owners are right only inside
# the namespace.
pack() {
  tar -C "$tree" --sort=name --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
    --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
    --acls --xattrs --xattrs-include=security.capability --xattrs-include='user.*' -cf "$OUT/rootfs.tar.half" .
  mv "$OUT/rootfs.tar.half" "$OUT/rootfs.tar"
}
