#!/bin/bash
# hook.sh SCRIPT FOLDER: runs a script of somebody's own, if it is there, in the folder that it may
# change. It sees nothing of the build but that folder, as its current one, and the toolbox's programs.
# Where it fails, SCRIPT.why says so in one line.
set -euo pipefail
script=$1 folder=$2
[[ -e $script ]] || exit 0
name=hooks/${script##*/}
limit=900 # seconds: one that waits for somebody to type would wait for ever
status=0
(cd "$folder" && exec timeout --kill-after=10 "$limit" env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME=/tmp "$script") \
  < /dev/null > "$script.said" 2>&1 || status=$?
sed "s|^|$name: |" "$script.said"
((status != 0)) || exit 0
last=$(tail -n 1 "$script.said" | cut -c1-300)
case $status in
  124) why="was not done after $((limit / 60)) minutes, and was stopped" ;;
  126 | 127) why="a program was not found, or cannot be run in the toolbox" ;;
  *) why="ended with $status" ;;
esac
echo "$why${last:+; it said last: $last}" > "$script.why"
exit 1
