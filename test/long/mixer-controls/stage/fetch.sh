#!/bin/bash
# fetch.sh SOURCES PACKAGE SERIES: puts the newest source of a series of Linux that the mirror holds
# into SOURCES, as stages/kernel/fetch-debian.sh does, and prints its archive.
set -euo pipefail
sources=$1 package=$2 series=$3
mkdir -p apt/lists/partial apt/archives/partial apt/sources.d
sed 's/^deb /deb-src /' /etc/apt/sources.list > apt/sources.d/source.list
cat > apt/apt.conf << END
Dir::Etc::SourceList "/dev/null"; Dir::Etc::SourceParts "$PWD/apt/sources.d";
Dir::State::Lists "$PWD/apt/lists"; Dir::Cache "$PWD/apt"; APT::Sandbox::User "root";
Acquire::Languages "none"; Acquire::Retries "3";
END
export APT_CONFIG=$PWD/apt/apt.conf
apt-get -qq --error-on=any update
apt-cache showsrc --only-source "$package" | sed -n "s/^Version: \($series\..*\)/\1/p" | sort -rVu > versions
while read -r version; do
  (cd "$sources" && flock . apt-get -qq source --download-only --only-source "$package=$version") >&2 || continue
  echo "$sources/${package}_${version%-*}.orig.tar.xz"
  exit
done < versions
echo "there is no $package $series" >&2
exit 1
