#!/bin/bash
# compile.sh SOURCES TARGET PROGRAM JOBS: compiles packages/tools/settings with libFuzzer around it.
# What matches patterns is not watched: it is the C++ library's, and all time would go there.
set -euo pipefail
sources=$1 target=$2 program=$3 jobs=$4
watched='-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all'

mkdir objects
# shellcheck disable=SC2016 # they are the inner shell's
find "$sources/settings" -name '*.cc' | sort | xargs -P "$jobs" -I{} bash -euc '
  object=objects/$(echo "$1" | tr / _).o
  case $1 in */values.cc) watched="" ;; *) watched=$2 ;; esac
  clang++ -std=c++17 -O2 -g $watched -c -o "$object" "$1"' compile {} "$watched"
# shellcheck disable=SC2086 # options
clang++ -std=c++17 -O2 -g $watched -I"$sources" -o "$program" "$target" objects/*.o -lnettle -lyaml
