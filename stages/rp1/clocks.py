"""RP1's PLLs and clock dividers: registers that keep what is written, and the rate of the UARTs' clock.

Sources: RP1 peripherals, 2.3; Linux, drivers/clk/clk-rp1.c and rp1-common.dtsi (the oscillator).
"""

START, END = 0x18000, 0x28038
OSCILLATOR = 50_000_000

PLL_SYS, PLL_AUDIO, PLL_VIDEO = 0x20000, 0x24000, 0x28000
STATUS, INTEGER, FRACTION, PRIMARY, SECONDARY, TERNARY = 0x00, 0x08, 0x0C, 0x10, 0x14, 0x18
LOCKED = IMPLEMENTED = 1 << 31

UART_CONTROL, UART_DIVIDER = 0x18054, 0x18058
ENABLED, SOURCE_SHIFT, SOURCE_MASK = 1 << 11, 5, 0x1F


class Clocks:
    def __init__(self):
        self.values = {}

    def read(self, offset):
        value = self.values.get(offset, 0)
        if offset in (PLL_SYS + STATUS, PLL_AUDIO + STATUS, PLL_VIDEO + STATUS):
            return value | LOCKED  # at once
        if offset - SECONDARY in (PLL_SYS, PLL_AUDIO, PLL_VIDEO) or offset == PLL_AUDIO + TERNARY:
            return value | IMPLEMENTED
        return value

    def write(self, offset, value):
        self.values[offset] = value

    def uart(self):
        """Hz of the clock that the UARTs divide; 0 if it is off, or is made of what is not known here."""
        control = self.values.get(UART_CONTROL, 0)
        source = control >> SOURCE_SHIFT & SOURCE_MASK
        rate = {0: self._half_of_pll_sys(), 2: OSCILLATOR}.get(source, 0)
        divider = self.values.get(UART_DIVIDER, 0) or 1 << 16
        return rate / divider if control & ENABLED else 0

    def _half_of_pll_sys(self):
        of = lambda register: self.values.get(PLL_SYS + register, 0)
        multiplier = of(INTEGER) + of(FRACTION) / (1 << 24)
        dividers = (of(PRIMARY) >> 16 & 7) * (of(PRIMARY) >> 12 & 7)
        return OSCILLATOR * multiplier / dividers / 2 if dividers else 0
