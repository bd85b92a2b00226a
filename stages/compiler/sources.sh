#!/bin/bash
# sources.sh TRIPLET: the sources of the compiler and of the C library that the toolbox has, in
# gcc/ and glibc/ of this folder, as far as they are needed; packages of Debian, so apt has verified
# them. In unpacked/ is what else these are built with: a program that glibc's configure asks for,
# and the headers that the compiler itself was built with.
set -euo pipefail
triplet=$1
version=$("$triplet-gcc" -dumpversion)
arch=$(dpkg --print-architecture)

mkdir -p lists/partial archives/partial unpacked gcc glibc
apt=(-qq -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o Dir::State::Lists="$PWD/lists" -o Dir::Cache="$PWD"
  -o Dir::State::status=/dev/null -o APT::Sandbox::User=root -o Acquire::Retries=3)
apt-get "${apt[@]}" --error-on=any update
apt-get "${apt[@]}" download "gcc-$version-source" glibc-source "gcc-$version-plugin-dev-$triplet" gawk libsigsegv2 libreadline8t64
for deb in *.deb; do dpkg-deb -x "$deb" unpacked; done
tar -xf unpacked/usr/src/gcc-"$version"/gcc-*.tar.xz -C gcc --strip-components=1 --no-same-owner --wildcards --no-wildcards-match-slash \
  '*/libgcc' '*/include' '*/config' '*/gcc/*.h' '*/gcc/BASE-VER' '*/config.*' '*/config-ml.in' '*/install-sh' '*/mkinstalldirs' '*/move-if-change' '*/missing'
tar -xf unpacked/usr/src/glibc/glibc-*.tar.xz -C glibc --strip-components=1 --no-same-owner
