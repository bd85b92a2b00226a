#!/bin/bash
# add-user.sh TREE NAME: the account that JACK runs as. It has no password, and so no way in but a
# key. Its groups are those that Debian gives hardware to. The first account of a published base
# (uid 1000, such as pi) becomes it, as that base's own first boot would do: a second one would have
# none of its groups, and the first one would stay behind with a home of its own.
set -euo pipefail
tree=$1 name=$2
groups=audio,video,plugdev,dialout,input,sudo

# What a published base says is no program: a name is one that useradd would take.
first=$(awk -F: '$3 == 1000 { print $1; exit }' "$tree/etc/passwd")
[[ -z $first || $first =~ ^[a-z_][a-z0-9_.-]{0,31}$ ]] || {
  printf 'the account with the number 1000 of the base has a name that cannot be one: %q\n' "$first" >&2
  exit 1
}
# tables/accounts.txt has those of the bases, which the plan refuses; a package may bring more
if [ "$name" != "$first" ] && grep -q "^$name:" "$tree/etc/passwd" "$tree/etc/group"; then
  echo "user.name: \"$name\" is an account or a group of a package of this image; take another name" >&2
  exit 1
fi
if [ -z "$first" ]; then
  useradd --prefix "$tree" --create-home --shell /bin/bash --groups "$groups" "$name"
else
  home=$(awk -F: '$3 == 1000 { print $6; exit }' "$tree/etc/passwd")
  usermod --prefix "$tree" --login "$name" --home "/home/$name" --shell /bin/bash --append --groups "$groups" "$first"
  [ "$first" = "$name" ] || groupmod --prefix "$tree" --new-name "$name" "$first"
  [[ $home == "/home/$name" ]] || {
    [[ $home =~ ^(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$ ]] || {
      printf 'the account %s of the base has a home that cannot be one: %q\n' "$first" "$home" >&2
      exit 1
    }
    mv "$tree$home" "$tree/home/$name"
  }
  sed -i "s/^${first//./\\.}:/$name:/" "$tree"/etc/sub{u,g}id
  # what asks for a name and a password, and forbids all others to log in until then
  rm -f "$tree/etc/ssh/sshd_config.d/rename_user.conf"
fi
