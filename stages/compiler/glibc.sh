#!/bin/bash
# glibc.sh TRIPLET OUT JOBS FLAG...: the start files of the C library for other processors, and
# what of it goes into every program, by its sources in glibc/. The library itself stays Debian's.
set -euo pipefail
triplet=$1 out=$2 jobs=$3 flags=("${@:4}")
debian=$(realpath "$("$triplet-gcc" -print-file-name=libc_nonshared.a)")
library=$(realpath "$("$triplet-gcc" -print-file-name=libc.so.6)")
tools=$PWD/unpacked source=$PWD/glibc work=$PWD/build-glibc
export PATH=$tools/usr/bin:$PATH
LD_LIBRARY_PATH=$(find "$tools" -name 'libsigsegv.so*' -printf '%h\n' -quit)
export LD_LIBRARY_PATH

mkdir "$work"
cd "$work"
"$source/configure" --host="$triplet" --build="$(gcc -dumpmachine)" --prefix=/usr --enable-kernel=3.2 --disable-werror \
  --disable-nscd --without-selinux --with-headers="/usr/$triplet/include" \
  CC="$triplet-gcc ${flags[*]} -O2 -fno-stack-protector" libc_cv_slibdir="/usr/lib/$triplet" > configure.log ||
  { cat configure.log >&2 && exit 1; }
make --silent --jobs="$jobs" csu/subdir_lib
for part in stdlib/atexit stdlib/at_quick_exit nptl/pthread_atfork debug/stack_chk_fail_local; do
  make --silent -r -C "$source/${part%/*}" subdir="${part%/*}" ..=../ objdir="$work" "$work/$part.oS"
done

cp csu/{crt1,Scrt1,crti,crtn}.o "$out"
members=$("$triplet-ar" t "$debian")
# shellcheck disable=SC2046 # a list of names
"$triplet-ar" rcsD "$out/libc_nonshared.a" $(for name in $members; do find csu stdlib nptl debug -name "$name"; done)
[ "$("$triplet-ar" t "$out/libc_nonshared.a" | sort)" = "$(echo "$members" | sort)" ] ||
  { echo "glibc: made other parts of libc_nonshared.a than Debian's has: $members" >&2 && exit 1; }
cat > "$out/libc.so" << END
OUTPUT_FORMAT(elf32-littlearm)
GROUP ( $library libc_nonshared.a AS_NEEDED ( ${library%/*}/ld-linux-armhf.so.3 ) )
END
