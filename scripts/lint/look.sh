#!/bin/bash
# look.sh REPOSITORY write|look: reads the names of files, each ended by a NUL, from standard input,
# and looks at those of them that are shell, C or C++: what shellcheck says of them, and whether
# they are laid out as .editorconfig and .clang-format say. "write" lays them out so instead. Ends
# with 1 where something is to be mended.
set -euo pipefail
cd "$1"
how=$2 status=0

shell=() rendered=() c=()
while IFS= read -r -d '' file; do
  [[ -f $file && ! -L $file ]] || continue
  IFS= read -r first < "$file" || first=''
  [[ $first != '#!'*perl ]] || continue
  case $file in
    packages/tools/settings/keys.h) ;; # ./downbeat generate makes it
    *.c | *.cc | *.h) c+=("$file") ;;
    test/golden/image/*) # what becomes of the templates, as one image has it
      if [[ $first =~ ^#!.*/(ba)?sh || $file == */usr/lib/downbeat/* ]]; then rendered+=("$file"); fi
      ;;
    test/golden/* | *.hbs) ;;
    *.sh | templates/root/usr/lib/downbeat/*) shell+=("$file") ;;
    *) if [[ $first =~ ^#!.*/(ba)?sh ]]; then shell+=("$file"); fi ;;
  esac
done

if [[ $how == write ]]; then
  shfmt -w -- "${shell[@]}"
  clang-format -i -- "${c[@]}"
else
  shfmt -d -- "${shell[@]}" || status=1
  clang-format --dry-run --Werror -- "${c[@]}" || status=1
fi
for file in "${shell[@]}" "${rendered[@]}"; do
  as=()
  read -r first < "$file" || first=''
  # what is read by another script is of its kind: those of the image are for /bin/sh
  [[ $first == '#!'* ]] || case $file in *.sh) as=(--shell=bash) ;; *) as=(--shell=sh) ;; esac
  echo "${as[*]}" "$file"
done | while read -r words; do
  # shellcheck disable=SC2086 # an option, perhaps, and a name without spaces
  shellcheck --format=gcc $words || echo bad
done > /tmp/said
grep -v '^bad$' /tmp/said || :
! grep -q '^bad$' /tmp/said || status=1
[[ $status -eq 0 ]] || echo "the layout is put right by: ./downbeat format" >&2
exit "$status"
