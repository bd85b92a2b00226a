#!/bin/bash
# Runs one of our servers under qemu-user, on a processor that minds alignment, and prints what is asked of it.
#
#   run.sh ARCH SERVER PACKAGES HEADERS CLIENT     (the toolbox is ours and for ARCH)
#
# ARCH      arm64 | armhf | armel
# SERVER    jack1 | jack2
# PACKAGES  folder of the .debs
# HEADERS   folder that holds jack/*.h of the server
# CLIENT    client.c
set -euo pipefail
arch=$1 server=$2 packages=$3 headers=$4 client=$5
case $arch in # the processors of the Pi 3, of the Pi 2 and of the first Pi
  arm64) emulator=qemu-aarch64 cpu=cortex-a53 ;;
  armhf) emulator=qemu-arm cpu=cortex-a15 ;;
  armel) emulator=qemu-arm cpu=arm1176 ;;
esac
triplet=$(dpkg-architecture -q DEB_HOST_MULTIARCH -a "$arch" 2>/dev/null)
case $server in jack1) debs=(jackd1 libjack0) ;; jack2) debs=(jackd2 libjack-jackd2-0) ;; esac

mount -t tmpfs shm /dev/shm
root=$PWD/root-$server
for deb in "${debs[@]}"; do dpkg-deb -x "$packages/${deb}"_*_"$arch".deb "$root"; done
libraries=$root/usr/lib/$triplet
"$triplet-gcc" -std=gnu11 -O2 -Wall -Wextra -Werror -I"$headers" -o client "$client" "$libraries/libjack.so.0" \
  -Wl,--unresolved-symbols=ignore-in-shared-libs

# A 32-bit program without large files cannot read a folder of a disk with 64-bit numbers: it finds its drivers on a tmpfs.
mkdir -p /tmp/drivers /tmp/bin
cp -f "$libraries"/jack/*.so /tmp/drivers
export JACK_DRIVER_DIR=/tmp/drivers LD_LIBRARY_PATH=$libraries JACK_NO_START_SERVER=1
# Clients of JACK1 run jackd, too, to learn where its files are.
printf '#!/bin/sh\nexec %s -cpu %s %s "$@"\n' "$emulator" "$cpu" "$root/usr/bin/jackd" >/tmp/bin/jackd
chmod +x /tmp/bin/jackd
export PATH=/tmp/bin:$PATH
status() { local status=0; timeout 60 "$@" >>said 2>&1 || status=$?; echo "$status"; }
say() { echo "$arch $server $*"; }
start() { # OPTION...: a server, which is given the time to begin
  jackd -r -p16 -t20000 "$@" >said 2>&1 &
  server_pid=$!
  sleep 3
}
stop() { # WHAT: ends it politely, and says how it ended
  local status=0
  kill -TERM "$server_pid" 2>/dev/null || true
  wait "$server_pid" || status=$?
  say "$1" "$status"
}

echo "-- what it is"
say machine "$(readelf -h "$root/usr/bin/jackd" | sed -n 's/ *Machine: *//p')"
say needs "$(readelf -d "$root"/usr/bin/jackd "$libraries"/*.so* "$libraries"/jack/*.so | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort -u | tr '\n' ' ')"

echo "-- the wiki's line, with a timer for a card, and a client of all kinds of ports"
start -d dummy -r 48000 -p 1024
say client "$("$emulator" -cpu "$cpu" ./client || true)"
say segment "$(find /dev/shm -name 'jack-*-0' -printf %s)"
stop ended

echo "-- a sound card that is not there"
say card "$(status jackd -r -d alsa -d hw:nobody)"

echo "-- MIDI without a sequencer"
start -X alsa_midi -d dummy -r 48000 -p 1024
stop slave

echo "-- an xrun, made by stopping the server for two seconds"
start -d dummy -r 48000 -p 1024
kill -STOP "$server_pid"
sleep 2
kill -CONT "$server_pid"
sleep 1
stop xrun-ended
say xrun "$(grep -o 'XRun = [-0-9]* usec' said | sort -k 3n | tail -n 1)"
