#!/bin/bash
# Runs one of our servers under qemu-user, on a processor that minds alignment, and prints what is
# asked of it.
#
#   run.sh ARCH SERVER PACKAGES HEADERS CLIENT     (see emulated.sh; CLIENT is client.c)
set -euo pipefail
. "$(dirname "$0")/emulated.sh" "$@"
compile_client client "$5"

status() {
  local status=0
  timeout 3600 "$@" >> said 2>&1 || status=$?
  echo "$status"
}
soon() { # COMMAND...: once it comes true
  for ((i = 0; i < 36000; i++)); do
    ! "$@" || return 0
    sleep 0.1
  done
}
begun() { "$emulator" -cpu "$cpu" ./client ready > /dev/null 2>&1 || ! kill -0 "$server_pid" 2> /dev/null; }
start() { # OPTION...: a server, until it serves or has ended
  jackd -r -p16 -t600000 "$@" > said 2>&1 &
  server_pid=$!
  soon begun
}
stop() { # WHAT: ends it politely, and says how it ended
  local status=0
  kill -TERM "$server_pid" 2> /dev/null || true
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

[ "$server" = jack2 ] || exit 0 # the other does not say how long it was

echo "-- an xrun, made by stopping the server for two seconds"
began=$(date +%s%6N)
start -d dummy -r 48000 -p 1024
kill -STOP "$server_pid"
before=$(grep -c 'XRun = ' said || true)
sleep 2
kill -CONT "$server_pid"
another() { [ "$(grep -c 'XRun = .* usec' said)" -gt "$before" ]; }
soon another
say xrun "$(grep -o 'XRun = [-0-9]* usec' said | sort -k 3n | tail -n 1) of $(($(date +%s%6N) - began))"
stop xrun-ended
