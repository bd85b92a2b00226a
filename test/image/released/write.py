"""Writes an image by its map to a card, as bmaptool copy does, but for one thing: bmaptool empties a card that is a file.

write.py IMAGE.xz BMAP CARD IMAGE
"""

import sys

from bmaptool import BmapCopy, TransRead

packed, bmap, card, image = sys.argv[1:]
source = TransRead.TransRead(packed)
with open(bmap, "rb") as map_file, open(card, "r+b") as target:
    copy = BmapCopy.BmapCopy(source, target, map_file, source.size)
    copy.copy(True, True)
    print("mapped", copy.mapped_cnt, "of", copy.blocks_cnt)

kept = other = 0
with open(image, "rb") as ours, open(card, "rb") as written:
    while block := ours.read(4096):
        found = written.read(4096)
        if found == block:
            continue
        if found == b"\xff" * 4096 and block == bytes(4096):
            kept += 1
        else:
            other += 1
print("left as they were", kept)
print("different", other)
