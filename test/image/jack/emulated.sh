# For run.sh and sequencer.sh: a server of our packages, made ready to run under qemu-user, on a
# processor that minds alignment.
#
#   . emulated.sh ARCH SERVER PACKAGES HEADERS     (the toolbox is ours and for ARCH)
#
# ARCH      arm64 | armhf | armel
# SERVER    jack1 | jack2
# PACKAGES  folder of the .debs
# HEADERS   folder that holds jack/*.h of the server
#
# LIBRARY: a root with the libraries of an older processor, for which PACKAGES are then; may be empty
arch=$1 server=$2 packages=$3 headers=$4
case $arch in # the processors of the Pi 3, of the Pi 2 and of the first Pi
  arm64) emulator=qemu-aarch64 cpu=cortex-a53 ;;
  armhf) emulator=qemu-arm cpu=cortex-a15 ;;
  armel) emulator=qemu-arm cpu=arm1176 ;;
esac
if [ -n "$LIBRARY" ]; then
  cpu=arm1176
  export QEMU_LD_PREFIX=$LIBRARY
fi
triplet=$(dpkg-architecture -q DEB_HOST_MULTIARCH -a "$arch" 2> /dev/null)
case $server in jack1) debs=(jackd1 libjack0) ;; jack2) debs=(jackd2 libjack-jackd2-0) ;; esac

mount -t tmpfs shm /dev/shm
root=$PWD/root-$server
for deb in "${debs[@]}"; do dpkg-deb -x "$packages/${deb}"_*_"$arch".deb "$root"; done
libraries=$root/usr/lib/$triplet
compile() { "$triplet-gcc" -std=gnu23 -O2 -Wall -Wextra -Werror -I"$headers" "$@"; }
compile_client() { # PROGRAM SOURCE
  compile -o "$1" "$2" "$libraries/libjack.so.0" -Wl,--unresolved-symbols=ignore-in-shared-libs
}

# A 32-bit program without large files cannot read a folder of a disk with 64-bit numbers: it finds
# its drivers on a tmpfs.
mkdir -p /tmp/drivers /tmp/bin
cp -f "$libraries"/jack/*.so /tmp/drivers
export JACK_DRIVER_DIR=/tmp/drivers LD_LIBRARY_PATH=$libraries JACK_NO_START_SERVER=1
# Clients of JACK1 run jackd, too, to learn where its files are. PRELOADED names a library for the
# server alone.
# shellcheck disable=SC2016 # for the script that is written
printf '#!/bin/sh\nexec %s -cpu %s ${PRELOADED:+-E LD_PRELOAD="$PRELOADED"} %s "$@"\n' "$emulator" "$cpu" "$root/usr/bin/jackd" > /tmp/bin/jackd
chmod +x /tmp/bin/jackd
export PATH=/tmp/bin:$PATH
say() { echo "$arch $server $*"; }
