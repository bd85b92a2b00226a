#!/bin/busybox sh
# The first program of the machine in which is measured: starts a load, measures, and switches off.
# downbeat.NAME= on the kernel's command line say what and how.
export PATH=/bin:/usr/bin
told() { sed -n "s/.*downbeat\.$1=\([^ ]*\).*/\1/p" /proc/cmdline; }

# messages between 64 processes; memory that is taken and given back; processes that begin and end; and
# all files that the kernel makes up
be_load() {
  hackbench -g 4 -f 8 -l 100000000 > /dev/null 2>&1 &
  while :; do
    dd if=/dev/zero of=/tmp/block bs=1M count=16 2> /dev/null
    rm /tmp/block
  done &
  while :; do true | cat; done &
  while :; do find /proc /sys -type f -exec cat {} + > /dev/null 2>&1; done &
  wait
}

# takes the processor from everything below its priority, a hundred times a second: to see that this is noticed
be_thief() {
  while :; do
    i=0
    while [ $i -lt 500 ]; do i=$((i + 1)); done
    usleep 10000
  done
}

# how late a realtime thread wakes up
measure_wakeups() {
  cyclictest -q -m -p "$(told priority)" -t 1 -i 1000 -l "$(told loops)" -h 2000 > /tmp/measured
  # without the empty lines of the histogram
  awk '!/^[0-9]+ 0+$/' /tmp/measured
}

# What a cycle of JACK costs, with no program and with eight. The load waits until they are there: idle
# time costs nothing.
measure_cycles() {
  kill -STOP -$load
  for programs in 0 8; do
    cost=0
    for frames in 128 64 32 16; do
      # what does not fit into a period leaves no time for anything else: nothing would end
      [ $((cost * 10)) -lt $((frames * 8 * 1000000000 / 48000)) ] || break
      jackd -R -P "$(told priority)" -t 5000 -d dummy -r 48000 -p $frames > /tmp/said 2>&1 &
      server=$!
      timeout 60 graph $server $frames 48000 $programs "$(told loops)" $load > /tmp/seen 2>> /tmp/said || tail -n 5 /tmp/said
      cat /tmp/seen
      cost=$(cut -d ' ' -f 5 /tmp/seen)
      # it would wait for programs that have ended
      kill -KILL $server
      wait $server 2> /dev/null
      rm -rf /dev/shm/*
    done
  done
  kill -CONT -$load
}

# how often the processor went from one program to another, and how many programs have begun
counted() { awk '/^(ctxt|processes) / { printf " %s", $2 }' /proc/stat; }

case ${1-} in
  load | thief)
    "be_$1"
    exit
    ;;
esac

/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /tmp
# what runs in the background reads from here, and without it ends at once
mknod -m 666 /dev/null c 1 3
mknod -m 666 /dev/zero c 1 5
mkdir /dev/shm
mount -t tmpfs tmpfs /dev/shm
echo "kernel: $(uname -r) $(uname -v)"
setsid /init load &
load=$!
[ -z "$(told thief)" ] || chrt -f "$(told thief)" /init thief &
before=$(counted)
"measure_$(told measure)"
echo "load:$before$(counted) $(pidof hackbench | wc -w)"
echo 'measured: yes'
poweroff -f
