#!/bin/bash
# libgcc.sh TRIPLET OUT JOBS FLAG...: libgcc and the start files of GCC for other processors, by
# its sources in gcc/. libgcc is built alone: what else of GCC it asks for are headers, which Debian
# has for those who write plug-ins, and three small files that the build of GCC leaves. Left out are the functions for
# fixed-point numbers, half of all, which no program has.
set -euo pipefail
triplet=$1 out=$2 jobs=$3 flags=("${@:4}")
files=(libgcc.a libgcc_eh.a crtbegin.o crtbeginS.o crtbeginT.o crtend.o crtendS.o)
headers=(unpacked/usr/lib/gcc-cross/"$triplet"/*/plugin/include)
work=$PWD/build-gcc

mkdir -p "$work"/gcc/include "$work/$triplet"/libgcc
cp -r "${headers[0]}"/. "$work/gcc"
cat > "$work/gcc/libgcc.mvars" << END
GCC_CFLAGS = -O2 -DIN_GCC
INHIBIT_LIBC_CFLAGS =
TARGET_SYSTEM_ROOT =
END
cat > "$work/gcc/tconfig.h" << END
#ifndef GCC_TCONFIG_H
#define GCC_TCONFIG_H
#include "ansidecl.h"
#define USED_FOR_TARGET
#endif
END
touch "$work/gcc/gcov-iov.h"

cd "$work/$triplet/libgcc"
../../../gcc/libgcc/configure --host="$triplet" --build="$(gcc -dumpmachine)" --target="$triplet" --enable-shared --disable-multilib \
  --with-system-libunwind=no --prefix=/usr libgcc_cv_fixed_point=no CC="$triplet-gcc ${flags[*]}" AR="$triplet-ar" NM="$triplet-nm" RANLIB="$triplet-ranlib" > configure.log ||
  { cat configure.log >&2 && exit 1; }
make --silent --jobs="$jobs" "${files[@]}"
cp "${files[@]}" "$out"
