# What comes of a release, a line an answer: check.sh OWN IMAGE XZ ZST BMAP
set -euo pipefail
own=$1 image=$2 xz=$3 zst=$4 bmap=$5
boot=$((16384 * 512)) root=$(((16384 + 256 * 2048) * 512))

mkdir -p lists/partial archives/partial tools
apt=(-qq -o "Dir::State::Lists=$PWD/lists" -o "Dir::Cache=$PWD" -o APT::Sandbox::User=root -o Acquire::Retries=3)
apt-get "${apt[@]}" --error-on=any update >&2
apt-get "${apt[@]}" download bmaptool dosfstools >&2
for deb in *.deb; do dpkg-deb -x "$deb" tools; done

xz -dc "$xz" | sha256sum | sed 's/^/xz holds /'
zstd -dc "$zst" | sha256sum | sed 's/^/zst holds /'
sha256sum < "$image" | sed 's/^/image is /'

# A piece of four blocks of xz, with files in it.
dd if="$image" of=piece bs=16M skip=17 count=4 status=none
for jobs in 1 2; do
  bash pack.sh "$PWD/piece" "$PWD/$jobs.xz" "$PWD/$jobs.zst" $jobs
  for kind in xz zst; do sha256sum < $jobs.$kind | sed "s/^/$kind by $jobs is /"; done
done
rm piece

# A card on which every bit is set.
head -c "$(stat -c %s "$image")" /dev/zero | tr '\0' '\377' > card
PYTHONPATH=tools/usr/lib/python3/dist-packages python3 "$own"/write.py "$xz" "$bmap" card "$image"

dd if=card of=fat bs=1M skip=$((boot >> 20)) count=256 status=none
# mformat writes the label into the root folder in capitals, and fsck.fat remarks that the boot
# sector has it otherwise.
tools/usr/sbin/fsck.fat -n fat | grep -vE '^fsck|label|^Leaving|^fat: [0-9]+ files|^$' >&2 || echo fat has no fault
e2fsck -fn card?offset=$root >&2 && echo ext4 has no fault

export MTOOLS_SKIP_CHECK=1
for disk in card "$image"; do
  to=files-$(basename "$disk")
  mkdir "$to" "$to/fat" "$to/ext4"
  mcopy -s -n -m -i "$disk@@$boot" '::*' "$to/fat"
  debugfs -R "rdump / $to/ext4" "$disk?offset=$root" 2>&1 | grep -v '^debugfs ' >&2 || true
  debugfs -R "dump <8> $to/journal" "$disk?offset=$root" >&2
done
echo "files $(find files-card -type f | wc -l)"
diff -r --no-dereference files-card "files-$(basename "$image")" >&2 && echo files are the same
