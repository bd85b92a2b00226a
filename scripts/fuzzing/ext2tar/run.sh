#!/bin/bash
# run.sh PROGRAM SEEDS FOLDER RUNS SECONDS SEED: AFL++ over ext2tar. RUNS or SECONDS may be 0: no end.
# What was found lies in FOLDER. At the end a line `inputs N` on its standard output.
set -euo pipefail
program=$1 seeds=$2 folder=$3 runs=$4 seconds=$5 seed=$6
bytes=8388608     # the files of an input may have so many
processor_time=20 # seconds for one input: it takes some milliseconds
export AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_QUIET=1
work=/tmp/found
bounds=()
((runs == 0)) || bounds+=(-E "$runs")
((seconds == 0)) || bounds+=(-V "$seconds")
afl-fuzz -s "$seed" -t 5000+ -m none -i "$seeds" -o $work "${bounds[@]}" -- "$program" tar @@ 0 $bytes > /tmp/log 2>&1 ||
  { tail -n 20 /tmp/log >&2 && exit 1; }
for crash in "$work"/default/crashes/id*; do
  [[ -e $crash ]] || continue
  cp "$crash" "$folder/ext2tar-crash-$(sha256sum < "$crash" | head -c 12).img"
done
# That one took long may be this machine's fault: it counts if it takes much work, too.
for slow in "$work"/default/hangs/id*; do
  [[ -e $slow ]] || continue
  status=0
  (ulimit -t $processor_time && exec "$program" tar "$slow" 0 $bytes) > /dev/null 2>&1 || status=$?
  ((status < 128)) || cp "$slow" "$folder/ext2tar-hang-$(sha256sum < "$slow" | head -c 12).img"
done
sed -n 's/^execs_done *: */inputs /p' $work/default/fuzzer_stats
