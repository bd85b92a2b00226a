#!/bin/bash
# A machine of a test's own: runs a command as root of new user, mount, pid, uts and ipc namespaces,
# in which it may mount what it likes and change what is forbidden:
#
#   machine.sh [--no-network] COMMAND...
#
# An ordinary user becomes root over the range of ids that /etc/subuid gives him. Root keeps all its
# ids, but in a user namespace of its own too, so that nothing of the real machine changes.
set -eu
namespaces=(--user --mount --pid --uts --ipc --fork --kill-child=KILL)
[ "$1" != --no-network ] || { namespaces+=(--net) && shift; }

if [ "$(id -u)" -ne 0 ]; then
  exec unshare --map-root-user --map-auto "${namespaces[@]}" "$@"
fi

# unshare(1) asks newuidmap for every map but the simplest, and newuidmap knows no range for root:
# write it here. (The second setpriv is no repetition: gaining the capabilities of root in the
# namespace clears the death signal that --kill-child has set.)
exec 3<&0 4>&1
coproc inside { exec setpriv --pdeathsig KILL unshare "${namespaces[@]}" bash -c '
  echo in; read -r _; exec setpriv --pdeathsig KILL "$@" <&3 >&4 3<&- 4>&-' enter "$@"; }
pid=$inside_PID from=${inside[0]} to=${inside[1]}
read -r _ <&"$from" || {
  wait "$pid"
  exit
}
echo '0 0 4294967295' > "/proc/$pid/uid_map"
echo '0 0 4294967295' > "/proc/$pid/gid_map"
echo >&"$to"
exec 3<&- 4>&-
trap 'kill -TERM "$pid"' TERM INT
wait "$pid"
