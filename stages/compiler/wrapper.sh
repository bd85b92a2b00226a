#!/bin/sh
# The compiler of this name that is next in PATH, with the flags beside it, and with the files of
# ../lib in front of its own.
bin=$(dirname "$(realpath "$0")")
PATH=$(printf %s ":$PATH:" | sed "s|:$bin:|:|g; s|^:*||; s|:*\$||")
export PATH
# shellcheck disable=SC2046 # words
exec "$(basename "$0")" $(cat "$bin/flags") -B"$bin/../lib" -L"$bin/../lib" "$@"
