"""RP1's 54 pins, in three banks.

Sources: RP1 peripherals, 3.1; Linux, drivers/pinctrl/pinctrl-rp1.c. Each register is there four times:
plain, and so that what is written is exclusive-ored, set or cleared.
"""

CONTROL, REGISTERED_IO, PADS = 0xD0000, 0xE0000, 0xF0000
END = 0x100000
OUT, ENABLED, IN = 0x0, 0x4, 0x8  # of REGISTERED_IO
BANKS = [(0, 0x0000), (28, 0x4000), (34, 0x8000)]  # the first pin, and where the bank is


class Pins:
    def __init__(self):
        self.values = {}

    def read(self, offset):
        at = offset & ~0x3000
        if REGISTERED_IO <= at < PADS and at & 0xFFF == IN:  # a pin that is driven reads as it is driven
            bank = at & ~0xFFF
            return self.values.get(bank + OUT, 0) & self.values.get(bank + ENABLED, 0)
        return self.values.get(at, 0)

    def write(self, offset, value):
        at, old = offset & ~0x3000, self.values.get(offset & ~0x3000, 0)
        how = (offset >> 12) & 3
        self.values[at] = (value, old ^ value, old | value, old & ~value)[how] & 0xFFFFFFFF

    def function(self, pin):
        """The number of the function that a pin has."""
        first, bank = [one for one in BANKS if one[0] <= pin][-1]
        return self.values.get(CONTROL + bank + 8 * (pin - first) + 4, 0) & 0x1F
