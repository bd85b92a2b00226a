#!/usr/bin/env python3
"""mutate.py EXT2TAR COUNT IMAGE...: gives ext2tar file systems in which some bytes are others.

EXT2TAR is compiled with sanitizers. The same inputs each time; ./downbeat fuzz ext2tar looks for better ones. Prints how many
were tried, and a line for each that ends in anything but a tar or one sentence, or that takes too much work.
"""

import random
import resource
import subprocess
import sys

LIMIT = 8 << 20  # bytes that the files of one may have
SECONDS = 20  # of the processor, for one that takes some milliseconds

program, count, images = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
chance = random.Random(20261130)
contents = [open(path, "rb").read() for path in images]
# what is zero everywhere is seldom read
places = [[at for at in range(len(data)) if data[at] != 0] for data in contents]


def mutant():
    which = chance.randrange(len(contents))
    data = bytearray(contents[which])
    for _ in range(chance.randint(1, 6)):
        at = min(len(data) - 1, max(0, chance.choice(places[which]) + chance.randint(-4, 4)))
        data[at] = chance.choice((0, 1, 255, data[at] ^ (1 << chance.randrange(8)), chance.randrange(256)))
    return bytes(data)


for number in range(count):
    with open("mutant", "wb") as file:
        file.write(mutant())
    run = subprocess.run(
        [program, "tar", "mutant", "0", str(LIMIT)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS)),
    )
    said = run.stderr.decode("latin-1").splitlines()
    odd = [line for line in said if not line.startswith("ext2tar: ") or not line.isascii() or not line.isprintable()]
    if run.returncode not in (0, 1) or odd:
        print("mutants bad", number, run.returncode, (odd or said or [""])[0][:200])
print("mutants tried", count)
