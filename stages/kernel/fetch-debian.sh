#!/bin/bash
# fetch-debian.sh TREE SOURCES PACKAGE SERIES SUITE JOBS PATCH-SERIES...: the newest version of a
# series of Debian's source package that the mirror holds, unpacked and patched. apt checks the
# signature of the index and, by it, the hash of every file, those kept in SOURCES from before too.
# The file `source` tells what was taken, and what the newest one is that the archive lists.
set -euo pipefail
tree=$1 sources=$2 package=$3 series=$4 suite=$5 jobs=$6
shift 6
own=$(dirname "$(realpath "$0")")

mkdir -p apt/lists/partial apt/archives/partial apt/sources.d
sed 's/^deb /deb-src /' /etc/apt/sources.list > apt/sources.d/source.list
cat > apt/apt.conf << EOF
Dir::Etc::SourceList "/dev/null"; Dir::Etc::SourceParts "$PWD/apt/sources.d";
Dir::State::Lists "$PWD/apt/lists"; Dir::Cache "$PWD/apt"; APT::Sandbox::User "root";
Acquire::Languages "none"; Acquire::Retries "3";
EOF
export APT_CONFIG=$PWD/apt/apt.conf
apt-get -qq --error-on=any update
apt-cache showsrc --only-source "$package" | sed -n "s/^Version: \($series\..*\)/\1/p" | sort -rVu > versions
[ -s versions ] || {
  echo "$suite has no $package $series" >&2
  exit 1
}
# Some mirrors list a source package of the security archive without having its files.
while read -r version; do
  (cd "$sources" && flock . apt-get -qq source --download-only --only-source "$package=$version") && break
  echo "$package $version cannot be had; trying the next older one" >&2
done < versions
dsc=$sources/${package}_$version.dsc
[ -e "$dsc" ] || exit 1
printf '%s\n' "package=$package" "version=$version" "sha256=$(sha256sum < "$dsc" | cut -d' ' -f1)" "suite=$suite" \
  "listed=$(head -n 1 versions)" > source

bash "$own/unpack.sh" "$tree" "$jobs" < "$sources/${package}_${version%-*}.orig.tar.xz"
tar -x -J -f "$sources/${package}_$version.debian.tar.xz" debian
apply() {
  patch --directory="$tree" --strip=1 --batch --forward --fuzz=0 --no-backup-if-mismatch --quiet < "$1" ||
    {
      echo "$1 does not apply" >&2
      exit 1
    }
}
for series in "$@"; do
  # shellcheck disable=SC2013 # names of patches have no spaces
  for name in $(sed '/^#/d' "debian/$series"); do apply "debian/$(dirname "$series")/$name"; done
done
