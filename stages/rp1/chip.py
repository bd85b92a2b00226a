"""RP1: a PCI function with the peripherals that Linux drives in it, as far as it is modelled.

Sources: RP1 peripherals, 2.4 (address map) and 6.2 (interrupts); Linux, bcm2712's rp1-common.dtsi. A
register that is not modelled keeps what is written to it.
"""

import clocks
import pins
from clocks import Clocks
from i2c import I2c
from interrupts import VECTORS, Interrupts
from pci import BARS, Configuration
from pins import Pins
from uart import Uart
from vfio_user import CONFIGURATION, REGIONS

PERIPHERALS = 1  # the BAR that they are in
UART0, UART0_INTERRUPT = 0x30000, 25
UART0_PINS, UART0_FUNCTION = (14, 15), 4
I2C, I2C_COUNT, I2C_INTERRUPT = 0x70000, 7, 7  # of the first one
INTERRUPTS = 0x108000


class Memory:
    """What nothing here looks at."""

    def __init__(self):
        self.values = {}

    def read(self, offset):
        return self.values.get(offset, 0)

    def write(self, offset, value):
        self.values[offset] = value


class Chip:
    """The device of a Session."""

    vectors = VECTORS
    sizes = [*BARS, 0, 0, 0, 0, 0x1000, 0]

    def __init__(self, send):
        self.send = send
        self.interrupts = Interrupts()
        self.reset()

    def reset(self):
        for vector in range(VECTORS):
            self.interrupts.line(vector, False)
        line = lambda vector: lambda up: self.interrupts.line(vector, up)
        self.configuration = Configuration(VECTORS)
        self.pins, self.clocks = Pins(), Clocks()
        wired = lambda: all(self.pins.function(pin) == UART0_FUNCTION for pin in UART0_PINS)
        self.uart = Uart(self.send, line(UART0_INTERRUPT), self.clocks.uart, wired)
        # where it begins and ends, what is there, and whether it counts from its own beginning
        self.blocks = [
            (clocks.START, clocks.END, self.clocks, 0),
            (UART0, UART0 + 0x1000, self.uart, UART0),
            (pins.CONTROL, pins.END, self.pins, 0),
            (INTERRUPTS, INTERRUPTS + 0x1000, self.interrupts, INTERRUPTS),
        ]
        for i in range(I2C_COUNT):
            at = I2C + 0x4000 * i
            self.blocks.append((at, at + 0x4000, I2c(line(I2C_INTERRUPT + i)), at))
        self.rest = Memory()

    def connect(self, vector, eventfd):
        self.interrupts.connect(vector, eventfd)

    def read(self, region, offset, count):
        if region == CONFIGURATION:
            return self.configuration.read(offset, count)
        if region != PERIPHERALS:
            return bytes(count)
        first = offset & ~3
        words = [self._at(at).to_bytes(4, "little") for at in range(first, offset + count, 4)]
        return b"".join(words)[offset - first :][:count]

    def write(self, region, offset, data):
        if region == CONFIGURATION:
            self.configuration.write(offset, data)
        elif region == PERIPHERALS:
            # A register takes the narrower word at its place as a whole one, as on RP1's bus.
            for i in range(0, len(data), 4):
                at = offset + i
                value = int.from_bytes(data[i : i + 4], "little") << 8 * (at & 3)
                block, base = self._block(at & ~3)
                block.write((at & ~3) - base, value & 0xFFFFFFFF)

    def _at(self, offset):
        block, base = self._block(offset)
        return block.read(offset - base) & 0xFFFFFFFF

    def _block(self, offset):
        for start, end, block, base in self.blocks:
            if start <= offset < end:
                return block, base
        return self.rest, 0


assert len(Chip.sizes) == REGIONS
