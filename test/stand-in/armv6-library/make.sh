#!/bin/bash
# make.sh TRIPLET OUT JOBS: the libraries that our programs run with, for the processors that the
# compiler in PATH (stages/compiler.ts) makes programs for, in OUT as in a root file system.
#
# The sources are in yaml/, nettle/, alsa/ and db/ of this folder, sources.sh and libgcc.sh beside
# them are those of the stage compiler. Only of libsystemd there is nothing but what a server of
# JACK asks of it: whether systemd wants to hear something, which it never does here.
set -euo pipefail
triplet=$1 out=$2 jobs=$3
here=$PWD
lib=$out/usr/lib/$triplet
build=$(gcc -dumpmachine)
quiet() { # COMMAND...: shows what it said only if it fails
  "$@" > "$here/log" 2>&1 || {
    tail -n 40 "$here/log" >&2
    return 1
  }
}
step() { echo "· $*"; }
configured() { quiet ./configure --host="$triplet" --build="$build" --prefix=/usr --libdir="/usr/lib/$triplet" --disable-static "$@"; }

mkdir -p "$lib"
ln -s usr/lib "$out/lib"
ln -s "$triplet/ld-linux-armhf.so.3" "$out/usr/lib/ld-linux-armhf.so.3"

step 'get the sources of the compiler and of the C library'
bash sources.sh "$triplet"
tar -xf unpacked/usr/src/gcc-*/gcc-*.tar.xz -C gcc --strip-components=1 --no-same-owner --wildcards --no-wildcards-match-slash \
  '*/libstdc++-v3' '*/gcc/DATESTAMP' '*/libiberty' '*/ltmain.sh' '*/lt~obsolete.m4' '*/test-driver'

step 'compile the C library'
mkdir build-glibc
(
  cd build-glibc
  export PATH=$here/unpacked/usr/bin:$PATH
  LD_LIBRARY_PATH=$(find "$here/unpacked" -name 'libsigsegv.so*' -printf '%h\n' -quit)
  export LD_LIBRARY_PATH
  quiet ../glibc/configure --host="$triplet" --build="$build" --prefix=/usr --libdir="/usr/lib/$triplet" --enable-kernel=3.2 \
    --disable-werror --disable-nscd --disable-mathvec --without-selinux --with-headers="/usr/$triplet/include" \
    CC="$triplet-gcc -O2 -fno-stack-protector" libc_cv_slibdir="/usr/lib/$triplet"
  quiet make --silent --jobs="$jobs" lib
  quiet make --silent --jobs="$jobs" -r -C ../glibc/math subdir=math ..=../ objdir="$PWD" "$PWD/math/libm.so"
  cp elf/ld.so "$lib/ld-linux-armhf.so.3"
  cp libc.so "$lib/libc.so.6"
  cp math/libm.so "$lib/libm.so.6"
)

step 'compile the libraries of the compiler'
mkdir library-of-gcc
quiet bash libgcc.sh "$triplet" "$here/library-of-gcc" "$jobs"
(
  cd "build-gcc/$triplet/libgcc"
  quiet make --silent --jobs="$jobs" libgcc_s.so
  cp libgcc_s.so.1 "$lib"
  mkdir ../libstdc++-v3
  cd ../libstdc++-v3
  quiet "$here/gcc/libstdc++-v3/configure" --host="$triplet" --build="$build" --target="$triplet" --prefix=/usr --disable-multilib \
    --disable-nls --enable-shared --disable-static --disable-libstdcxx-pch --disable-hosted-docs --with-gxx-include-dir=/usr/include/c++ \
    CC="$triplet-gcc" CXX="$triplet-g++ -nostdinc++ -L$PWD/src -L$PWD/src/.libs -L$PWD/libsupc++/.libs" CFLAGS=-O1 CXXFLAGS=-O1
  quiet make --silent --jobs="$jobs" -C include
  quiet make --silent --jobs="$jobs" -C libsupc++
  quiet make --silent --jobs="$jobs" -C src
  cp -P src/.libs/libstdc++.so.6* "$lib"
)

step 'compile the others'
(cd yaml && configured && quiet make --silent --jobs="$jobs" -C src libyaml.la && cp -P src/.libs/libyaml-0.so.* "$lib")
(cd nettle && configured --disable-public-key --disable-assembler --disable-openssl --disable-documentation &&
  quiet make --silent --jobs="$jobs" libnettle.so && cp libnettle.so "$lib/libnettle.so.8")
(cd alsa && configured --disable-python --disable-topology --disable-alisp && quiet make --silent --jobs="$jobs" -C include &&
  quiet make --silent --jobs="$jobs" -C src && cp -P src/.libs/libasound.so.2* "$lib")
(mkdir build-db && cd build-db && quiet ../db/dist/configure --host="$triplet" --build="$build" --prefix=/usr --disable-static &&
  quiet make --silent --jobs="$jobs" libdb-5.3.la && cp .libs/libdb-5.3.so "$lib")
printf 'int sd_notify(int unset, const char *state)\n{\n\t(void)unset, (void)state;\n\treturn 0;\n}\n' > systemd.c
printf 'LIBSYSTEMD_209 { global: sd_notify; };\n' > systemd.map
"$triplet-gcc" -O2 -shared -fPIC -Wl,-soname,libsystemd.so.0 -Wl,--version-script=systemd.map -o "$lib/libsystemd.so.0" systemd.c
