#!/bin/bash
# Runs a command as an ordinary user whom only this command knows, with ids of his own in /etc/subuid:
#
#   user.sh COMMAND...
#
# For root. The files of the real machine stay as they are: his are seen by the command only.
set -eu
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
for name in passwd group subuid subgid; do cp "/etc/$name" "$files/$name"; done
echo 'downbeat-test:x:61234:61234::/nonexistent:/bin/sh' >> "$files/passwd"
echo 'downbeat-test:x:61234:' >> "$files/group"
for name in subuid subgid; do echo 'downbeat-test:1600000000:65536' >> "$files/$name"; done
# shellcheck disable=SC2016 # for the inner shell
unshare --mount bash -c '
  for name in passwd group subuid subgid; do mount --bind "$0/$name" "/etc/$name"; done
  exec setpriv --reuid 61234 --regid 61234 --clear-groups "$@"' "$files" "$@"
