#!/bin/bash
# apt.sh names | resolve NAME...: asks apt about packages that nobody has fetched yet.
#
# names: fetches the lists of the archives, if they have changed. Into $WORK/names go the packages
# that there are, one a line; into $WORK/provided lines "NAME PACKAGE", for names that stand for one
# of several packages. resolve: into $WORK/coming goes what would be installed for these names; into
# $WORK/needs, as apt-cache has it, what each of those needs.
#
#   ARCH      of the packages
#   WORK      scratch: sources.d/ are the archives, status is what is installed already, stand-ins/
#             has a list of our own packages, which are not compiled yet
#   LISTS     folder that is kept from build to build; builds at the same time may share it, so
#             `names` leaves the lists of this build in $WORK/lists: another takes away what is not its own
#   REMOVE    names that go, where they are there; a * stands for anything
#   FIRST     what is installed in any case, as apt names it
#   BASE      what the root of a published base has below etc/apt; may be left out
set -euo pipefail
: "${REMOVE:=}" "${FIRST:=}" "${BASE:=}"
export LC_ALL=C

settings() { # folder of the lists
  mkdir -p "$WORK/archives/partial" "$1/partial"
  echo "deb [trusted=yes] copy:$WORK/stand-ins ./" > "$WORK/sources.d/stand-ins.list"
  # the same as of the root itself (stages/rootfs/common.sh)
  cat > "$WORK/apt.conf" << END
Dir::Etc::Parts "/dev/null"; Dir::Etc::Main "/dev/null";
Dir::Etc::SourceList "/dev/null"; Dir::Etc::SourceParts "$WORK/sources.d";
Dir::Etc::Preferences "$WORK/preferences"; Dir::Etc::PreferencesParts "/dev/null";
Dir::Cache "$WORK"; Dir::State "$WORK"; Dir::State::Lists "$1"; Dir::State::status "$WORK/status";
APT::Architecture "$ARCH"; APT::Architectures { "$ARCH"; };
APT::Install-Recommends "false"; APT::Sandbox::User "root"; Debug::NoLocking "true";
Acquire::Languages "none"; Acquire::Retries "3";
END
  [[ -z $BASE ]] || cat >> "$WORK/apt.conf" << END
Dir::Etc::PreferencesParts "$BASE/etc/apt/preferences.d";
Dir::Etc::TrustedParts "$BASE/etc/apt/trusted.gpg.d"; Dir::Etc::Trusted "/dev/null";
END
  printf 'Package: *\nPin: origin ""\nPin-Priority: 1001\n' > "$WORK/preferences"
}

names() {
  settings "$LISTS"
  exec 9> "$LISTS/lock" # nobody else fetches them anew meanwhile
  flock 9
  apt-get -qq --error-on=any update
  rm -rf "$WORK/lists"
  cp -a "$LISTS" "$WORK/lists"
  flock --unlock 9
  : > "$WORK/provided"
  for list in "$WORK"/lists/*_Packages*; do /usr/lib/apt/apt-helper cat-file "$list"; done |
    awk -v provided="$WORK/provided" '
      $1 == "Package:" { name = $2; print name }
      $1 == "Provides:" {
        sub("Provides: *", ""); gsub(/ *\([^)]*\)/, ""); count = split($0, each, ", *")
        for (i = 1; i <= count; i++) print each[i], name > provided
      }' | sort -u > "$WORK/names"
  sort -u -o "$WORK/provided" "$WORK/provided"
}

going() { # -> what goes, for apt: NAME-
  local pattern name
  for pattern in $REMOVE; do
    awk '/^Package: /{ name = $2 } /^Status: .* installed$/ { print name }' "$WORK/status" | while read -r name; do
      # shellcheck disable=SC2053 # a pattern
      [[ $name != $pattern ]] || echo "$name-"
    done
  done
}

resolve() {
  local wanted=()
  settings "$WORK/lists"
  # by exactly this name: what else apt would see in it, a pattern or a sign, counts for nothing
  for name in "$@"; do wanted+=("?and(?exact-name($name),?architecture($ARCH))"); done
  # shellcheck disable=SC2046,SC2086 # lists of words
  apt-get -qq --simulate install --no-upgrade $FIRST "${wanted[@]}" $(going) > "$WORK/simulated"
  sed -n 's/^Inst \([^ :]*\).*/\1/p' "$WORK/simulated" | sort -u > "$WORK/coming"
  xargs -r apt-cache depends --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    < "$WORK/coming" > "$WORK/needs"
}

export APT_CONFIG=$WORK/apt.conf
"$@"
