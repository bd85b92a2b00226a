#!/usr/bin/env python3
"""fat.py KIND IMAGE OFFSET: spoils the FAT16 or FAT32 there, as no sound one is.

  loop    the first folder of the root has the root's clusters, or those of itself
  shared  the largest file of the root has 500 more names of the same clusters
"""
import struct
import sys

kind, path, offset = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(path, "r+b") as image:
    image.seek(offset)
    head = image.read(512)
    sector, per_cluster, reserved, fats, entries = struct.unpack_from("<HBHBH", head, 11)
    (fat_sectors,) = struct.unpack_from("<H", head, 22)
    assert fat_sectors > 0, "a FAT32"
    root = offset + (reserved + fats * fat_sectors) * sector
    image.seek(root)
    table = bytearray(image.read(entries * 32))
    # neither free, nor a part of a long name, nor the label
    names = [
        at
        for at in range(0, len(table), 32)
        if table[at] not in (0, 0xE5) and table[at + 11] & 0x08 == 0
    ]
    if kind == "loop":
        folder = next(at for at in names if table[at + 11] & 0x10)
        (cluster,) = struct.unpack_from("<H", table, folder + 26)
        image.seek(root + entries * 32 + (cluster - 2) * per_cluster * sector + 64)
        image.write(bytes(table[folder : folder + 32]))
    else:
        largest = max(names, key=lambda at: struct.unpack_from("<I", table, at + 28))
        end = next(at for at in range(0, len(table), 32) if table[at] == 0)
        for number in range(min(500, (len(table) - end) // 32)):
            entry = bytearray(table[largest : largest + 32])
            entry[0:11] = b"B%07d   " % number
            table[end + 32 * number : end + 32 * number + 32] = entry
        image.seek(root)
        image.write(table)
