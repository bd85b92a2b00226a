"""RP1's interrupt lines, each of which becomes one MSI-X.

Sources: RP1 peripherals, 6.2 (MSIX_CFG); Linux, drivers/misc/rp1/rp1_pci.c. A line that is up sends
one message. While it stays up it sends the next one when the last has been acknowledged.
"""

import os
import struct

VECTORS = 61
ENABLE, ACKNOWLEDGE = 1 << 0, 1 << 2
FIRST = 0x8  # MSIX_CFG_0; four bytes each
SET, CLEAR = 0x800, 0xC00


class Interrupts:
    def __init__(self):
        self.configured = [0] * VECTORS
        self.up = set()
        self.eventfds = {}

    def connect(self, vector, eventfd):
        old = self.eventfds.pop(vector, None)
        if old is not None:
            os.close(old)
        if eventfd is not None:
            self.eventfds[vector] = eventfd
            self._send_if_up(vector)

    def line(self, vector, up):
        if not up:
            self.up.discard(vector)
        elif vector not in self.up:
            self.up.add(vector)
            self._send_if_up(vector)

    def read(self, offset):
        vector = (offset - FIRST) // 4
        return self.configured[vector] if 0 <= vector < VECTORS else 0

    def write(self, offset, value):
        vector = ((offset & 0x3FF) - FIRST) // 4
        if not 0 <= vector < VECTORS:
            return
        before = self.configured[vector]
        kind = offset & 0xC00
        new = {SET: before | value, CLEAR: before & ~value}.get(kind, value)
        self.configured[vector] = new & ~ACKNOWLEDGE
        if kind != CLEAR and value & (ACKNOWLEDGE | ENABLE):
            self._send_if_up(vector)

    def _send_if_up(self, vector):
        enabled = self.configured[vector] & ENABLE
        if vector in self.up and enabled and vector in self.eventfds:
            os.write(self.eventfds[vector], struct.pack("=Q", 1))
