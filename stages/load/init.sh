#!/bin/busybox sh
# The first program of the machine in which wake-ups are measured: starts a load, measures, and switches
# off. downbeat.priority= and downbeat.loops= on the kernel's command line say how.
/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /tmp
told() { sed -n "s/.*downbeat\.$1=\([0-9]*\).*/\1/p" /proc/cmdline; }
# a kernel without a limit for realtime threads has no such file
[ ! -e /proc/sys/kernel/sched_rt_runtime_us ] || echo -1 > /proc/sys/kernel/sched_rt_runtime_us

# messages between 80 processes; memory that is taken and given back; processes that begin and end; and
# all files that the kernel makes up
hackbench -g 4 -f 8 -l 100000000 > /dev/null 2>&1 &
while :; do
  dd if=/dev/zero of=/tmp/block bs=1M count=16 2> /dev/null
  rm /tmp/block
done &
while :; do true | cat; done &
while :; do find /proc /sys -type f -exec cat {} + > /dev/null 2>&1; done &

echo "kernel: $(uname -r) $(uname -v)"
cyclictest -q -m -p "$(told priority)" -t 1 -i 1000 -l "$(told loops)" -h 2000 > /tmp/measured
# without the empty lines of the histogram
awk '!/^[0-9]+ 0+$/' /tmp/measured
echo 'measured: yes'
poweroff -f
