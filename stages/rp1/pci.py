"""The configuration space of RP1 as a PCI Express endpoint.

Sources: PCI Local Bus Specification 3.0, 6.1 and 6.8.2 (MSI-X); PCI Express Base Specification, 7.8;
RP1 peripherals (Raspberry Pi, 2023), 1.3 and 6; Linux, include/linux/pci_ids.h (1de4:0001).
"""

import struct

SIZE = 0x1000
BARS = [0x4000, 0x400000, 0x10000]  # MSI-X, the peripherals, the shared memory
EXPRESS, MSIX = 0x40, 0x80
MSIX_TABLE, MSIX_PENDING = 0x0, 0x2000  # in the first BAR


class Configuration:
    """Bytes, and for each of them the bits that can be written."""

    def __init__(self, vectors):
        self.bytes = bytearray(SIZE)
        self.writable = bytearray(SIZE)
        self._set("<HH", 0x00, (0x1DE4, 0x0001))
        self._set("<HH", 0x04, (0, 0x0010), (0x0407, 0))  # status: there are capabilities
        self._set("<I", 0x08, (0x02000000,))  # class: an Ethernet controller, as RP1 says
        for i, size in enumerate(BARS):
            self._set("<I", 0x10 + 4 * i, (0,), (-size & 0xFFFFFFFF,))
        self._set("<HH", 0x2C, (0x1DE4, 0x0001))
        self._set("<B", 0x34, (EXPRESS,))
        self._set("<BB", 0x3C, (0, 0), (0xFF, 0))  # line; no pin: Linux takes MSI-X only
        self._set("<BBH", EXPRESS, (0x10, MSIX, 0x0002))  # version 2, endpoint
        self._set("<H", EXPRESS + 8, (0,), (0x7FFF,))  # device control
        self._set("<BBH", MSIX, (0x11, 0, vectors - 1), (0, 0, 0xC000))
        self._set("<II", MSIX + 4, (MSIX_TABLE, MSIX_PENDING))

    def _set(self, form, at, values, writable=None):
        struct.pack_into(form, self.bytes, at, *values)
        if writable:
            struct.pack_into(form, self.writable, at, *writable)

    def read(self, offset, count):
        return bytes(self.bytes[offset : offset + count])

    def write(self, offset, data):
        for at, new in enumerate(data, offset):
            mask = self.writable[at]
            self.bytes[at] = (self.bytes[at] & ~mask) | (new & mask)
