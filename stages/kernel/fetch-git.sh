#!/bin/bash
# fetch-git.sh TREE SOURCES URL COMMIT: the files of one commit, without its history. The commit's
# id is the checksum of all that is in it, and git compares. What was fetched is kept in SOURCES; a
# fetch that was cut off leaves nothing there that counts, and what has been damaged since is
# fetched anew.
set -euo pipefail
tree=$1 url=$3 commit=$4
kept=$2/$(echo "$url" | tr -c 'A-Za-z0-9.\n' -).git
export GIT_TERMINAL_PROMPT=0 GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
git() { command git -c core.fsyncMethod=batch -c gc.auto=0 "$@"; }

fetch() { git -C "$kept" fetch --quiet --depth 1 --no-tags "$url" "$commit" > said 2>&1; }
empty() { rm -rf "$kept" && git init --quiet --bare "$kept"; }
take() { rm -rf "$tree" && mkdir "$tree" && git -C "$kept" archive --format=tar "$commit" 2> said | tar -xC "$tree" 2>> said; }
anew() { # with nothing that was there before
  empty
  fetch || {
    cat said >&2
    echo "$url does not give the commit $commit" >&2
    exit 1
  }
}

exec 9> "$kept.lock"
flock 9 # another build may want it at the same time
git -C "$kept" cat-file -e "$commit^{commit}" 2> /dev/null || { [ -e "$kept/HEAD" ] && fetch; } || anew
take || {
  echo 'what was kept of it is damaged, and is fetched anew' >&2
  anew
  take
}
