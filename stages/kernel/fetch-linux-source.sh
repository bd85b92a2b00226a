#!/bin/bash
# fetch-linux-source.sh TREE SOURCES SUITE POCKET SERIES JOBS: Linux out of a package linux-source-*
# of a pocket of Debian's archive, such as backports: of this series, or where SERIES is empty of the
# newest one there. apt checks the signature of the index; the hash in it is checked here, that of
# what is kept in SOURCES from before, too. The file `source` tells what was taken.
set -euo pipefail
tree=$1 sources=$2 suite=$3-$4 series=$5 jobs=$6
own=$(dirname "$(realpath "$0")")

mkdir -p apt/lists/partial apt/archives/partial apt/sources.d
# The archive that the toolbox itself is from. Its other pockets are no concern of ours.
awk -v from="$3" -v suite="$suite" '
  $1 == "deb" { for (i = 2; i < NF; i++) if ($i == from) { $i = suite; NF = i; print $0, "main"; exit } }
' /etc/apt/sources.list > apt/sources.d/pocket.list
cat > apt/apt.conf << END
Dir::Etc::SourceList "/dev/null"; Dir::Etc::SourceParts "$PWD/apt/sources.d";
Dir::State::Lists "$PWD/apt/lists"; Dir::Cache "$PWD/apt"; APT::Sandbox::User "root";
Acquire::Languages "none"; Acquire::Retries "3"; Acquire::ForceHash "SHA256";
END
export APT_CONFIG=$PWD/apt/apt.conf
apt-get -qq --error-on=any update
apt-cache pkgnames linux-source- | sed -nE 's/^linux-source-([0-9]+\.[0-9]+)$/\1/p' | sort -rV > series
[ -s series ] || {
  echo "$suite has no linux-source-*" >&2
  exit 1
}
: "${series:=$(head -n 1 series)}"
grep -qxF "$series" series || {
  echo "$suite has no linux-source-$series: it has $(paste -sd ' ' series). Without kernel.series it is the newest" >&2
  exit 1
}

package=linux-source-$series
# 'ADDRESS' FILE BYTES SHA256:HASH, of the newest version of it
apt-get -qq --print-uris download "$package" | tr -d "'" > uri
read -r address file _ hash < uri
hash=${hash#SHA256:}
fits() { echo "$hash  $sources/$file" | sha256sum --check --status 2> /dev/null; }
exec 9> "$sources/.$package.lock"
flock 9 # another build may want it at the same time
fits || {
  /usr/lib/apt/apt-helper -qq download-file "$address" "$sources/$file.half" "SHA256:$hash"
  mv -f "$sources/$file.half" "$sources/$file"
}
flock -u 9

version=${file#*_}
version=${version%_*}
printf '%s\n' "package=$package" "version=${version//%3a/:}" "sha256=$hash" "suite=$suite" > source
dpkg-deb --fsys-tarfile "$sources/$file" | tar -xO "./usr/src/$package.tar.xz" | bash "$own/unpack.sh" "$tree" "$jobs"
