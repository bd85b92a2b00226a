#!/bin/bash
# Makes our root file system out of one that somebody else has made: $OUT/rootfs.tar and
# $OUT/packages.lock.
#
# As in bootstrap.sh the toolbox's apt resolves and downloads, and its dpkg unpacks, natively; but
# apt takes the archives, their keys and what is installed from the root itself. The root's own dpkg
# removes and configures, emulated, with native twins. What is in the root and is not named here
# stays as it is, its versions too.
#
# Needs a mount, a pid and a user namespace of its own, in which we are root; all mounts vanish with
# it.
#   ARCH, SUITE         as in bootstrap.sh; they must be the root's
#   TREE                the root as a tar, the files of the boot partition at the place where it is mounted
#   PACKAGES            names to install, where they are not there yet, separated by white space
#   REMOVE              names to purge, where they are there; a * stands for anything
#   KEEP                names that nothing may take along when it goes
#   MIRRORS             a file with lines "FROM TO": addresses that begin with FROM are fetched from TO. The root keeps its own
#   OWN, DEBS, WORK, OUT, SOURCE_DATE_EPOCH, EXCLUDES, ANSWERS, TWINS   as in bootstrap.sh; EXCLUDES counts for new packages only

what=rootfs
settings=(ARCH SUITE TREE PACKAGES DEBS WORK OUT SOURCE_DATE_EPOCH)
own=$(dirname "$(realpath "$0")")
# shellcheck source=stages/rootfs/common.sh
. "$own/common.sh"
: "${REMOVE:=}" "${KEEP:=}" "${MIRRORS:=/dev/null}"
conffiles=--force-confold # a file that the base has changed stays changed
# A kernel of its own boots without an initramfs: what reads the card is built in. One made here
# would hold the modules that this machine needs (MODULES=dep); the next kernel that is installed on
# the card makes its own.
environment+=(INITRD=No)

take_root() {
  rm -rf "$tree"
  mkdir -p "$tree"
  tar -xpf "$TREE" -C "$tree" --numeric-owner --acls --xattrs --xattrs-include='*'
  mount --bind "$tree" "$tree" # a mount of its own: whatever will be mounted below goes with it
  [[ -s $tree/var/lib/dpkg/status ]] || fail 'the root has no packages: no var/lib/dpkg/status'
  # The native dpkg of the toolbox must know whose root this is.
  [[ -s $tree/var/lib/dpkg/arch ]] || {
    echo "$ARCH" > "$tree/var/lib/dpkg/arch"
    : > "$WORK/arch-is-ours"
  }
}

# The archives that the root names, with the keys that it trusts them by; at the addresses that the
# mirrors have.
configure_apt() {
  local file
  begin_apt
  cp "$tree/var/lib/dpkg/status" "$apt/status"
  for file in "$tree"/etc/apt/sources.list "$tree"/etc/apt/sources.list.d/*.{list,sources}; do
    [[ ! -s $file ]] || redirect < "$file" > "$apt/sources.d/${file##*/}"
  done
  [[ ! -e $apt/sources.d/sources.list ]] || mv "$apt/sources.d/sources.list" "$apt/sources.d/main.list"
  cat >> "$apt/apt.conf" << EOF
Dir::Etc::PreferencesParts "$tree/etc/apt/preferences.d";
Dir::Etc::TrustedParts "$tree/etc/apt/trusted.gpg.d"; Dir::Etc::Trusted "/dev/null";
EOF
  apt-get -qq --error-on=any update
}

redirect() { # sources.list, one line or deb822: addresses by $MIRRORS, the longest first; keys out of the root
  awk -v tree="$tree" -v rules="$MIRRORS" '
    BEGIN { while ((getline line < rules) > 0) { split(line, word, " "); to[word[1]] = word[2]; from[++count] = word[1] } }
    {
      gsub(/signed-by=\//, "signed-by=" tree "/")
      sub(/^[Ss]igned-[Bb]y:[ \t]*\//, "Signed-By: " tree "/")
      best = ""
      for (i = 1; i <= count; i++) if (index($0, from[i]) && length(from[i]) > length(best)) best = from[i]
      if (best != "" && !/^[ \t]*#/) { at = index($0, best); $0 = substr($0, 1, at - 1) to[best] substr($0, at + length(best)) }
      print
    }'
}

installed() { # -> names that the root has now
  awk '/^Package: /{ name = $2 } /^Status: .* installed$/ { print name }' "$tree/var/lib/dpkg/status" | sort -u
}

# Which packages come, and which go, with what needs them: by apt, so that nothing is left half
# there.
plan_changes() {
  local pattern names=()
  installed > "$WORK/before"
  for pattern in $REMOVE; do
    while read -r name; do
      # shellcheck disable=SC2053 # a pattern
      [[ $name != $pattern ]] || names+=("$name-")
    done < "$WORK/before"
  done
  # shellcheck disable=SC2086 # a list of words
  exactly $PACKAGES
  resolve "${exact[@]}" "${names[@]}" > "$WORK/all"
  apt-get -qq --simulate install --no-upgrade "${exact[@]}" "${names[@]}" | sed -n 's/^Remv \([^ :]*\).*/\1/p' | sort > "$WORK/removed"
  for name in $KEEP; do
    ! grep -qx "$name" "$WORK/removed" ||
      fail "without ${names[*]%-} apt would remove $name, too, which the base keeps: switch the tuning off that removes them"
  done
  ! grep -vE '^[^ ]+ [^ ]+ [^ ]+ [0-9a-f]{64} [0-9]+ ' "$WORK/all" || fail 'apt gave no sha256 for these'
  sed 's/^/+ /; s/ [^ ]* [^ ]* [^ ]* [^ ]*$//' "$WORK/all"
  sed 's/^/- /' "$WORK/removed"
}

check_architecture() {
  [[ $(inside dpkg --print-architecture) == "$ARCH" ]] || fail "this host cannot run programs for $ARCH:" \
    'it takes Linux 6.7 and a user namespace, or the package qemu-user-binfmt on the host'
}

remove_packages() {
  local names
  mapfile -t names < "$WORK/removed"
  ((${#names[@]} == 0)) || quietly inside dpkg --force-unsafe-io --log=/tmp/dpkg.log --purge "${names[@]}"
}

unpack_packages() {
  [[ -s $WORK/all ]] || return 0
  unbind_twins # one of them may get a newer version
  unpack "$WORK/all"
  bind_twins
}

# What came with the base has no sha256 here: its own was that of the image.
check_packages() {
  inside dpkg --audit > "$WORK/audit"
  [[ ! -s $WORK/audit ]] || fail "dpkg finds packages in a wrong state: $(head -n 3 "$WORK/audit")"
  # shellcheck disable=SC2016 # fields of dpkg
  inside dpkg-query -f '${db:Status-Abbrev}${Package} ${Version} ${Architecture}\n' -W | sed -n 's/^ii //p' | sort > "$WORK/installed"
  cut -d' ' -f1-5 "$WORK/all" | awk 'NR == FNR { sum[$1 " " $2 " " $3] = " " $4 " " $5; next } { print $0 ($0 in sum ? sum[$0] : " - -") }' \
    - "$WORK/installed" > "$OUT/packages.lock"
  cut -d' ' -f1-3 "$WORK/all" | comm -23 - "$WORK/installed" > "$WORK/differences"
  [[ ! -s $WORK/differences ]] || fail "these should have been installed: $(head -n 3 "$WORK/differences")"
}

leave_root() {
  [[ ! -e $WORK/arch-is-ours ]] || rm "$tree/var/lib/dpkg/arch"
  [[ ! -s $EXCLUDES ]] || cp "$EXCLUDES" "$tree/etc/dpkg/dpkg.cfg.d/downbeat"
}

mkdir -p "$OUT" "$TMPDIR"
begin 'register the emulator'
register_emulator
begin 'take the root out of its tar'
take_root
begin 'read the package indices'
configure_apt
begin 'plan what comes and what goes'
plan_changes
begin 'download the packages'
download_packages
begin 'run a program of the root'
check_architecture
begin 'mount devices and native twins'
mount_devices
bind_libraries
bind_twins
begin 'remove packages'
remove_packages
begin 'set the debconf answers'
inside debconf-set-selections < "$ANSWERS"
begin 'unpack the new packages'
unpack_packages
begin 'configure the new packages'
configure --no-triggers --configure -a
begin 'run the triggers'
configure --triggers-only -a
begin 'check the packages'
check_packages
leave_root
begin 'clean the root'
clean
begin 'pack the root'
pack
begin "done: $(wc -l < "$OUT/packages.lock") packages"
