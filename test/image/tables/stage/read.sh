#!/bin/bash
# read.sh ROOTFS-TAR DEBS INTO: what there is in the packages of the base, as the files of tables/
# have it. DEBS is a folder with xkb-data and locales, which are not in every image. Into
# INTO/accounts go the accounts and groups that the root has.
set -euo pipefail
export LC_ALL=C
rootfs=$1 debs=$2 into=$3

mkdir -p root "$into"
tar -xf "$rootfs" -C root ./etc/passwd ./etc/group ./usr/lib/firmware ./usr/share/zoneinfo
for deb in "$debs"/*.deb; do dpkg-deb -x "$deb" root; done

table() { # NAME SOURCE: with the names on standard input
  { printf '# %s\n# Compared with it, and renewed (-u), by test/image/tables.test.ts.\n' "$2" && sort -u; } > "$into/$1.txt"
}

# localtime, posixrules and Factory are no places; right/ counts leap seconds
(cd root/usr/share/zoneinfo && find . \( -type f -o -type l \) -path './[A-Z]*' -printf '%P\n') |
  grep -vx Factory |
  table time-zones 'The time zones: tzdata, and tzdata-legacy for the names of before, in /usr/share/zoneinfo.'

# the head of the database, then four bytes for each country: two letters, and where its rules are
# (all of it is read: whoever stops reading ends od, and that would be a failure)
od -An -v -tx1 -w4 -j8 root/usr/lib/firmware/regulatory.db-debian |
  awk '$1 $2 $3 $4 == "00000000" { over = 1 } !over { print $1, $2 }' |
  while read -r a b; do
    printf '%b\n' "\\x$a\\x$b"
  done | grep '[A-Z][A-Z]' |
  table countries 'The countries with rules for radios: wireless-regdb, /usr/lib/firmware/regulatory.db.'

rules=root/usr/share/X11/xkb/rules/base.lst
awk '/^!/ { in_layouts = $2 == "layout"; next } in_layouts && NF && $1 != "custom" { print $1 }' "$rules" |
  table keyboard-layouts 'The layouts of keyboards: xkb-data, /usr/share/X11/xkb/rules/base.lst.'
awk '/^!/ { in_variants = $2 == "variant"; next } in_variants && NF { sub(":", "", $2); print $1, $2 }' "$rules" |
  table keyboard-variants 'The variants of layouts of keyboards, each with a layout that has it: xkb-data, /usr/share/X11/xkb/rules/base.lst.'

# as people write them: with and without the encoding, in either spelling
{ printf 'C.UTF-8\n' && awk '$2 == "UTF-8" { print $1 }' root/usr/share/i18n/SUPPORTED; } |
  awk '{ split($1, part, "@"); sub("[.].*", "", part[1]); at = $1 ~ /@/ ? "@" part[2] : ""
    print part[1] at; print part[1] ".UTF-8" at; print part[1] ".utf8" at }' |
  table locales 'The locales in UTF-8: C of libc-bin, and those of locales, /usr/share/i18n/SUPPORTED.'

cut -d: -f1,3 root/etc/passwd root/etc/group | grep -v ':1000$' | cut -d: -f1 | sort -u > "$into/accounts"
