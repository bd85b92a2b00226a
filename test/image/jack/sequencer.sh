#!/bin/bash
# Runs JACK2 with its ALSA sequencer driver and a sequencer that is a fake, and prints what became
# of ports and events.
#
#   sequencer.sh ARCH SERVER PACKAGES HEADERS FAKE CLIENT     (see emulated.sh; the others are C sources)
set -euo pipefail
. "$(dirname "$0")/emulated.sh" "$@"
compile -shared -fPIC -o fake-sequencer.so "$5"
compile_client sequencer-client "$6"

echo "-- MIDI with a sequencer; the period is long, so that it takes much to be late"
PRELOADED=$PWD/fake-sequencer.so jackd -r -p16 -t600000 -X alsa_midi -d dummy -r 48000 -p 2048 > said 2>&1 &
timeout 3600 "$emulator" -cpu "$cpu" ./sequencer-client > answers || echo "client $?" >> answers
kill -TERM $! 2> /dev/null || true
wait $! || true
grep '^notes ' said >> answers || true
while read -r answer; do say "$answer"; done < answers
