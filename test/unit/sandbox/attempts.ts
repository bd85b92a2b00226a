/** Something that a program in the sandbox tries. The script ends with 0 where it succeeded. */
export interface Attempt {
  what: string
  script: string
  /** whose same script succeeds outside: what refuses it is the sandbox */
  outside?: 'anybody' | 'root'
  /** what has to be there for that */
  outsideNeeds?: string
  /** refused to root only where it has ids that nobody has */
  needsIds?: true
  /** also where the script may mount something */
  mounts?: true
}

const perl = (code: string): string => `perl -MSocket -e '${code}'`

/**
 * The environment has: OWN and INPUT, the folders that it may write and read; SECRET, a file of the
 * caller; AGENT and ABSTRACT, sockets of the caller; PORT, where he listens; PROCESS, a process of
 * his; DISK, the numbers of a disk.
 */
export const attempts: readonly Attempt[] = [
  {
    what: 'open /proc/sys/kernel/core_pattern to write',
    script: 'true 3>>/proc/sys/kernel/core_pattern',
    outside: 'root',
  },
  {
    what: 'open /proc/sys/kernel/modprobe to write',
    script: 'true 3>>/proc/sys/kernel/modprobe',
    outside: 'root',
    outsideNeeds: '/proc/sys/kernel/modprobe',
  },
  {
    what: 'open /proc/sysrq-trigger to write',
    script: 'true 3>>/proc/sysrq-trigger',
    outside: 'root',
    outsideNeeds: '/proc/sysrq-trigger',
  },
  {
    what: 'make /proc/sys writable again',
    script: 'mount -o remount,bind,rw /proc/sys || umount /proc/sys || umount -l /proc',
    mounts: true,
  },
  {
    what: 'mount a proc that hides nothing',
    script:
      'mkdir /tmp/proc; mount -t proc proc /tmp/proc || unshare --pid --fork mount -t proc proc /tmp/proc',
    mounts: true,
  },
  {
    what: 'mount /sys',
    script:
      'mkdir /tmp/sys; mount -t sysfs sys /tmp/sys || unshare --net mount -t sysfs sys /tmp/sys',
    mounts: true,
  },
  {
    what: 'find anything in /sys',
    script: '[ -n "$(ls -A /sys)" ]',
    outside: 'anybody',
  },
  {
    what: 'mount the control groups',
    script: 'mkdir /tmp/cgroup; mount -t cgroup2 none /tmp/cgroup',
    mounts: true,
  },
  {
    what: 'make a device of the disk',
    script: 'mknod /tmp/disk b $DISK && dd if=/tmp/disk of=/dev/null count=1',
    mounts: true,
  },
  {
    what: 'make a device of the disk in its own folder',
    script: 'mknod "$OWN/disk" b $DISK',
    outside: 'root',
  },
  {
    what: 'mount a file that holds a file system',
    script:
      'truncate -s 4M /tmp/fs && { mount -o loop /tmp/fs /root || mount -t ext4 /tmp/fs /root; }',
    mounts: true,
  },
  {
    what: 'see a process of the caller',
    script: '[ -e "/proc/$PROCESS/status" ] || kill -0 "$PROCESS"',
    outside: 'anybody',
  },
  {
    what: 'read the memory of the process that made the sandbox',
    script:
      'for pid in /proc/[0-9]*; do [ "$(readlink "$pid/ns/user")" = "$(readlink /proc/self/ns/user)" ] || exit 0; done; false',
  },
  {
    what: 'read a file of the caller',
    script: 'cat "$SECRET"',
    outside: 'anybody',
  },
  {
    what: 'see the homes, and what else is mounted on this machine',
    script: 'ls -d /home/* /root/.[a-z]* /mnt/* /media/* /srv/* /.old 2>/dev/null | grep .',
  },
  {
    what: 'read the passwords of this machine',
    script: 'cat /etc/shadow',
    outside: 'root',
    needsIds: true,
  },
  {
    what: 'talk to an agent of the caller',
    script: perl(
      'socket S, AF_UNIX, SOCK_STREAM, 0; exit !connect S, pack_sockaddr_un $ENV{AGENT}',
    ),
    outside: 'anybody',
  },
  {
    what: 'talk to a socket of the caller that has no file',
    script: perl(
      'socket S, AF_UNIX, SOCK_STREAM, 0; exit !connect S, pack_sockaddr_un "\\0$ENV{ABSTRACT}"',
    ),
    outside: 'anybody',
  },
  {
    what: 'talk to a server on this machine',
    script: perl(
      'socket S, AF_INET, SOCK_STREAM, 0; exit !connect S, pack_sockaddr_in $ENV{PORT}, INADDR_LOOPBACK',
    ),
    outside: 'anybody',
  },
  {
    what: 'set up a network',
    script: 'ip link set lo up || ip link add dummy0 type dummy',
    mounts: true,
  },
  {
    what: 'give the machine a name',
    script: 'hostname "$(hostname)"',
    outside: 'root',
    mounts: true,
  },
  {
    what: 'write beside its folders',
    script: 'touch /usr/x || touch /etc/x || touch /var/x || touch /root/x || touch /x',
  },
  {
    what: 'write to what it was given to read',
    script: 'touch "$INPUT/x" || { mount -o remount,bind,rw "$INPUT" && touch "$INPUT/x"; }',
    mounts: true,
  },
  {
    what: 'look below a mount',
    script: 'umount "$INPUT" || umount "$OWN" || umount -l /usr || umount -l /',
    mounts: true,
  },
  {
    what: 'become another user by a setuid program',
    script: `cp "$(command -v id)" "$OWN/id"; chown 7 "$OWN/id"; chmod 4755 "$OWN/id"
      [ "$(setpriv --reuid 8 --clear-groups "$OWN/id" -u)" != 8 ]`,
    outside: 'root',
  },
  {
    what: 'make a user namespace with all capabilities',
    script: 'unshare --user --map-root-user true',
    outside: 'anybody',
    mounts: true,
  },
  {
    what: 'mount anything where the stage has no mounts',
    script: 'mount -t tmpfs none /tmp || mount --bind /tmp /root || unshare --mount true',
  },
  {
    what: 'set the clock',
    script: 'date -s "$(date)"',
    mounts: true,
  },
  {
    what: 'keep a file of the caller open',
    script: perl('for (3 .. 255) { exit 0 if -e "/proc/self/fd/$_" } exit 1'),
  },
  {
    what: 'gain privileges by a program',
    script: 'grep -qE "^NoNewPrivs:\\s*0" /proc/self/status',
    outside: 'anybody',
    mounts: true,
  },
]
