#!/usr/bin/env python3
"""A tree with everything in it that an ext4 can hold and a tar could lose, and what a tree holds, told for comparison.

tree.py make DIR            makes it, for mke2fs -d
tree.py debugfs BLOCK       prints what debugfs has to do then, for what mke2fs does not take over; BLOCK: its size in bytes
tree.py expect DIR BOOT     makes of the tree what unpacking has to give, with the files of the FAT, which are in BOOT
tree.py list DIR            prints a line for every entry, sorted: all that can be seen of it from outside
"""

import hashlib
import json
import os
import shutil
import socket
import stat
import struct
import sys

GIB = 1 << 30

# In nanoseconds: beyond 2038, before 1970, and finer than a second
TIMES = {
    ".": 1_600_000_000_000_000_000,
    "usr/bin/su": 123456789,
    "usr/bin/both": (2**31 + 5) * 10**9 + 1,
    "none": -(10**9),
    "home/pi": 1_700_000_000_999_999_999,
    "link-0060": 1_700_000_000_000_000_001,
    "link-0001": -86400 * 10**9,
    "etc": (2**33) * 10**9 + 500_000_000,
}

SIZES = {
    "3-gib": 3 * GIB,
    "9-gib": 9 * GIB + 1,
    "nothing": 5000000,
    "allocated": 5000000,
    "at-the-end": 1000000,
    "at-the-beginning": 1000000,
    "many": 4 << 20,
}


def make(root):
    os.mkdir(root)
    os.chdir(root)
    os.umask(0)

    def file(path, data=b"", mode=0o644, owner=(0, 0)):
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "wb") as out:
            out.write(data)
        os.chown(path, *owner)
        os.chmod(path, mode)

    def holes(name, *pieces):
        file("holes/" + name)
        with open("holes/" + name, "r+b") as out:
            for at, data in pieces:
                out.seek(at)
                out.write(data)
            out.truncate(SIZES[name])

    def acl(*entries):
        return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)

    # What a Raspberry Pi OS tells of itself
    file("etc/fstab", b"proc /proc proc defaults 0 0\nPARTUUID=0123abcd-01 /boot/firmware vfat defaults 0 2\n"
         b"PARTUUID=0123abcd-02 / ext4 defaults,noatime 0 1\n")
    file("usr/lib/os-release", b'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nVERSION_CODENAME=trixie\n')
    os.symlink("../usr/lib/os-release", "etc/os-release")
    file("etc/rpi-issue", b"Raspberry Pi reference 2026-06-18\nGenerated using pi-gen, https://example.org, abcdef, stage2\n")
    file("var/lib/dpkg/arch", b"arm64\narmhf\n")
    file("boot/firmware/hidden", b"below the mount point nobody sees this\n")

    # Modes and owners
    file("usr/bin/su", b"\x7fELF", 0o4755)
    file("usr/bin/chage", b"\x7fELF", 0o2755, (0, 42))
    file("usr/bin/both", b"\x7fELF", 0o6711, (1, 2))
    file("etc/shadow", b"root:*:\n", 0o640, (0, 42))
    file("none", b"", 0o000, (65534, 65534))
    for path, mode, owner in (("tmp", 0o1777, (0, 0)), ("var/mail", 0o2775, (0, 8)), ("home/pi", 0o700, (1000, 1000))):
        os.makedirs(path)
        os.chown(path, *owner)
        os.chmod(path, mode)
    os.mkfifo("run-fifo", 0o620)
    os.chown("run-fifo", 1000, 5)
    socket.socket(socket.AF_UNIX).bind("socket")

    # Names of any bytes
    for name in (b"with space", b"trailing ", b" leading", b"quote'\"", b"new\nline", b"tab\there", b"back\\slash", b"-rf", b"*?[x]",
                 b"=", b"%41", b"\x01\x7f", b"\xff\xfe", b"latin-\xe9", "F\u0151tan\u00fas\u00edtv\u00e1ny.crt".encode(),
                 "decomposed-e\u0301".encode(), b"cesu-\xed\xa0\xbd\xed\xb8\x80", b"n" * 255, "\u00e9".encode() * 127):
        file(b"names/" + name, name)
        os.symlink(b"target " + name, b"names/link " + name[:250])
    deep = "/".join(["names"] + ["folder-%02d-" % i + "d" * 90 for i in range(6)])
    file(deep + "/file", b"deep\n")

    # Links
    for length in (1, 59, 60, 61, 255, 1000):
        os.symlink("l" * length, "link-%04d" % length)
    os.chown("link-0061", 1000, 1000, follow_symlinks=False)
    file("usr/bin/perl", b"perl\n" * 1000, 0o755)
    os.makedirs("usr/libexec")
    os.link("usr/bin/perl", "usr/bin/perl5.40.1")
    os.link("usr/bin/perl", "usr/libexec/a perl")
    os.link("usr/bin/perl", deep + "/perl")
    os.link("link-1000", "usr/link-1000-again")
    os.link("run-fifo", "usr/fifo-again")

    # Contents, and holes
    for size in (1, 59, 60, 100, 160, 1023, 1024, 4095, 4096, 4097, 1048576, 1048577, 3000000):
        file("sizes/%07d" % size, hashlib.shake_128(b"%d" % size).digest(size))
    file("sizes/zeros", b"x" * 4096)
    file("journaled", b"o" * 4096)
    holes("3-gib", (0, b"begin"), (GIB + 12345, b"m" * 70000), (2 * GIB, b"third"))
    holes("9-gib", (8 * GIB + 4096, b"beyond what 33 bits count"))
    holes("nothing")
    holes("allocated", (0, b"x" * 4096))
    holes("at-the-end", (0, b"x" * 4096))
    holes("at-the-beginning", (999000, b"x" * 1000))
    holes("many", *[(at, b"o" * 4096) for at in range(0, 4 << 20, 16384)])
    for i in range(10000):
        file("many/%05d" % i)

    # Extended attributes
    file("usr/bin/ping", b"\x7fELF", 0o755)
    os.setxattr("usr/bin/ping", "security.capability", struct.pack("<IIIII", 0x02000001, 1 << 13, 0, 0, 0))
    os.link("usr/bin/ping", "usr/libexec/ping")
    file("attributes/file")
    for name, value in (("user.empty", b""), ("user.binary", b"\0\n=\xff\0"), ("user.a=b%41", b"odd name"), ("user.large", b"v" * 800)):
        os.setxattr("attributes/file", name, value)
    os.makedirs("attributes/folder")
    os.setxattr("attributes/folder", "user.of", b"a folder")
    access = acl((1, 6, 0xFFFFFFFF), (2, 7, 1000), (2, 4, 65534), (4, 4, 0xFFFFFFFF), (8, 5, 42), (16, 5, 0xFFFFFFFF), (32, 0, 0xFFFFFFFF))
    file("acl/file", b"", 0o640)
    os.setxattr("acl/file", "system.posix_acl_access", access)
    os.makedirs("acl/folder")
    os.setxattr("acl/folder", "system.posix_acl_access", access)
    os.setxattr("acl/folder", "system.posix_acl_default", acl((1, 7, 0xFFFFFFFF), (2, 6, 7), (4, 5, 0xFFFFFFFF), (16, 7, 0xFFFFFFFF), (32, 0, 0xFFFFFFFF)))

    # Times, folders last
    files = [os.path.join(folder, name) for folder, _, names in os.walk(".") for name in names]
    folders = [folder for folder, _, _ in os.walk(".", topdown=False)]
    for i, path in enumerate(sorted(files, key=os.fsencode) + folders):
        os.utime(path, (0, 1_700_000_000 + i * 7919), follow_symlinks=False)
    for path, time in TIMES.items():
        os.utime(path, ns=(0, time), follow_symlinks=False)


def data_of(path, size):
    """A hash of all bytes, and the pieces that are no holes, as far as they hold anything."""
    whole = hashlib.sha256()
    pieces = []
    with open(path, "rb") as file:
        at = 0
        while at < size:
            try:
                begin = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError:
                break
            at = os.lseek(file.fileno(), begin, os.SEEK_HOLE)
            pieces.append([begin, at])
            file.seek(begin)
            whole.update(b"%d:" % begin)
            left = at - begin
            while left > 0:
                piece = file.read(min(left, 1 << 20))
                whole.update(piece)
                left -= len(piece)
    return whole.hexdigest(), pieces


def entries(root):
    first = {}
    for folder, folders, names in os.walk(os.fsencode(root)):
        folders.sort()
        for path in [folder] + [os.path.join(folder, name) for name in sorted(names) + [n for n in folders if os.path.islink(os.path.join(folder, n))]]:
            shown = os.path.relpath(path, os.fsencode(root)).decode("latin-1")
            at = os.lstat(path)
            yield shown, path, at, first.setdefault(at.st_ino, shown)


def tell(root):
    lines = []
    for shown, path, at, first in entries(root):
        entry = {
            "path": shown, "mode": "%06o" % at.st_mode, "owner": [at.st_uid, at.st_gid], "time": at.st_mtime_ns,
            "attributes": {name: os.getxattr(path, name, follow_symlinks=False).hex() for name in sorted(os.listxattr(path, follow_symlinks=False))},
        }
        if not stat.S_ISDIR(at.st_mode):
            entry["links"] = [at.st_nlink, first]
        if stat.S_ISREG(at.st_mode):
            entry["size"] = at.st_size
            entry["data"], entry["pieces"] = data_of(path, at.st_size)
        if stat.S_ISLNK(at.st_mode):
            entry["target"] = os.readlink(path).decode("latin-1")
        lines.append(json.dumps(entry, sort_keys=True))
    print("\n".join(sorted(lines)))


def debugfs(block):
    print("rm /usr/link-1000-again\nlink /link-1000 /usr/link-1000-again\nset_inode_field /link-1000 links_count 2")
    for at in range(4096 // int(block)):
        print("zap_block -f /sizes/zeros -p 0 %d" % at)
    # With inline_data mke2fs 1.47 cuts holes off at the end of a file, and fills them at its beginning.
    for path, size in SIZES.items():
        print("set_inode_field /holes/%s size %d" % (path, size))
    for path in ("9-gib", "at-the-beginning"):
        print("punch /holes/%s 0 %d" % (path, 4096 // int(block) - 1))
    print("mknod device-c c 1 3\nmknod device-b b 7 0")
    print("ea_set /none trusted.overlay.opaque y")
    for path, time in TIMES.items():
        seconds, nanoseconds = divmod(time, 10**9)
        if seconds < 0:  # that mke2fs knows, and debugfs does not
            continue
        low = (seconds + 2**31) % 2**32 - 2**31
        print("set_inode_field /%s mtime @%d" % (path, low))
        print("set_inode_field /%s mtime_extra %d" % (path, nanoseconds << 2 | (seconds - low) >> 32))


def expect(root, boot):
    mount = os.path.join(root, "boot/firmware")
    time = os.lstat(mount).st_mtime_ns
    os.remove(os.path.join(root, "socket"))
    os.remove(os.path.join(mount, "hidden"))
    os.chmod(mount, 0o755)
    shutil.copytree(boot, mount, dirs_exist_ok=True)
    os.utime(mount, ns=(0, time))
    zeros = os.path.join(root, "sizes/zeros")
    time = os.lstat(zeros).st_mtime_ns
    with open(zeros, "r+b") as file:
        file.write(bytes(4096))
    os.utime(zeros, ns=(0, time))
    os.mkdir(os.path.join(root, "lost+found"), 0o700)
    os.utime(os.path.join(root, "lost+found"), (0, 1_600_000_000))
    os.utime(root, ns=(0, TIMES["."]))


if __name__ == "__main__":
    {"make": make, "debugfs": debugfs, "expect": expect, "list": tell}[sys.argv[1]](*sys.argv[2:])
