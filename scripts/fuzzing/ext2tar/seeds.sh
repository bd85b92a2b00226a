#!/bin/bash
# seeds.sh FOLDER: small file systems with all that ext2tar reads, to begin from. Without checksums:
# with them nearly every change of a byte would be seen before anything else is read.
set -euo pipefail
seeds=$1
export E2FSPROGS_FAKE_TIME=1600000000
mkdir -p tree/folder/deeper tree/boot
echo small > tree/small
head -c 9000 /dev/zero | tr '\0' x > tree/folder/large
truncate -s 300000 tree/holes
printf end | dd of=tree/holes bs=1 seek=200000 conv=notrunc status=none
ln -s small tree/short
ln -s "$(printf '%0100d' 0)" tree/long
ln tree/small tree/folder/again
mkfifo tree/fifo
for number in $(seq 40); do : > "tree/folder/deeper/name-$number"; done
printf '\2\0\0\0\1\0\6\0\377\377\377\377\2\0\7\0\350\3\0\0\4\0\4\0\377\377\377\377\20\0\7\0\377\377\377\377\40\0\4\0\377\377\377\377' > acl
cat > commands << 'EOF'
ea_set -f acl small system.posix_acl_access
ea_set -f acl folder system.posix_acl_default
ea_set small user.a value
ea_set small security.capability xxxxxxxxxxxxxxxxxxxx
ea_set folder trusted.b value
mknod device c 1 3
EOF
features='^has_journal,^resize_inode,^metadata_csum,^orphan_file'
for kind in extent,^inline_data ^extent,^inline_data,^64bit extent,inline_data; do
  image=$seeds/${kind//[^a-z0-9]/-}.img
  mke2fs -q -F -t ext4 -b 1024 -I 256 -N 96 -O "$features,$kind" -d tree "$image" 200K
  debugfs -w -f commands "$image" > /dev/null 2>&1
done
