#!/bin/bash
# compile.sh SOURCE PROGRAM JOBS: ext2tar for AFL++, with a libext2fs that is compiled in the same way.
# Both stop at the first byte that is read beyond what they own (AddressSanitizer); ext2tar itself at
# what C leaves undefined, too.
set -euo pipefail
source=$1 program=$2 jobs=$3

mkdir -p apt/lists/partial apt/archives/partial apt/sources.d
sed 's/^deb /deb-src /' /etc/apt/sources.list > apt/sources.d/source.list
cat > apt/apt.conf << EOF
Dir::Etc::SourceList "/dev/null"; Dir::Etc::SourceParts "$PWD/apt/sources.d";
Dir::State::Lists "$PWD/apt/lists"; Dir::Cache "$PWD/apt"; APT::Sandbox::User "root";
Acquire::Languages "none"; Acquire::Retries "3";
EOF
export APT_CONFIG=$PWD/apt/apt.conf
apt-get -qq --error-on=any update
# Not by `apt-get source`: some mirrors list a signature beside it that they do not have. It is
# upstream's release, without the patches of Debian.
apt-get -qq source --print-uris --only-source e2fsprogs | tr -d "'" | grep '\.orig\.tar\.gz ' > orig
read -r address _ _ sum < orig
/usr/lib/apt/apt-helper -qq download-file "$address" "$PWD/source.tar.gz" "$sum"
mkdir e2fsprogs
tar -xf source.tar.gz -C e2fsprogs --strip-components=1

export AFL_QUIET=1 AFL_USE_ASAN=1 ASAN_OPTIONS=detect_leaks=0
cd e2fsprogs
CC=afl-clang-fast CFLAGS='-O1 -g' ./configure --disable-nls --disable-fuse2fs --disable-uuidd > ../log 2>&1 ||
  { tail -n 20 ../log >&2 && exit 1; }
make -j"$jobs" libs > ../log 2>&1 || { tail -n 20 ../log >&2 && exit 1; }
cd ..
AFL_USE_UBSAN=1 afl-clang-fast -std=c11 -O1 -g -Ie2fsprogs/lib -o "$program" "$source" \
  e2fsprogs/lib/{e2p/libe2p,ext2fs/libext2fs,et/libcom_err}.a -larchive -lpthread
