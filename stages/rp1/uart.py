"""A PL011 at whose pins there is MIDI.

Sources: ARM PrimeCell UART (PL011), DDI 0183, chapter 3; MIDI 1.0, "Hardware" (31.25 kbaud, ± 1 %).
What it sends has left at once. What comes waits outside until there is room in its FIFO.
"""

DATA, FLAGS, INTEGER, FRACTION, LINE, CONTROL = 0x00, 0x18, 0x24, 0x28, 0x2C, 0x30
MASK, RAW, MASKED, CLEAR = 0x38, 0x3C, 0x40, 0x44
IDENTITY = {0xFE0 + 4 * i: byte for i, byte in enumerate((0x11, 0x10, 0x34, 0x00, 0x0D, 0xF0, 0x05, 0xB1))}

TRANSMIT_EMPTY, RECEIVE_EMPTY = 1 << 7, 1 << 4  # of FLAGS
ENABLED, TRANSMITS, RECEIVES = 1 << 0, 1 << 8, 1 << 9  # of CONTROL
RECEIVED, SENT, WAITED = 1 << 4, 1 << 5, 1 << 6  # interrupts
EIGHT_BITS = 0x60  # of LINE; the other bits of 0x6e: two stop bits, parity

FIFO = 32
MIDI_BAUD = 31250


class Uart:
    def __init__(self, send, raise_line, clock, wired):
        """`send` a byte, `raise_line` of its interrupt, Hz of its `clock`, whether pins are its own."""
        self.send, self.raise_line, self.clock, self.wired = send, raise_line, clock, wired
        self.values = {}
        self.raw = SENT
        self.mask = 0
        self.received = []

    def speaks_midi(self):
        """Whether a MIDI instrument and this UART, as it is set up, understand each other."""
        divisor = self.values.get(INTEGER, 0) + self.values.get(FRACTION, 0) / 64
        baud = self.clock() / (16 * divisor) if divisor else 0
        line = self.values.get(LINE, 0) & 0x6E
        return abs(baud / MIDI_BAUD - 1) <= 0.01 and line == EIGHT_BITS and self.wired()

    def has_room(self):
        return len(self.received) < FIFO

    def hear(self, byte):
        """A byte that an instrument sends."""
        if self._on(RECEIVES) and self.speaks_midi():
            self.received.append(byte)
            self._update()

    def read(self, offset):
        if offset == DATA:
            byte = self.received.pop(0) if self.received else 0
            self._update()
            return byte
        if offset == FLAGS:
            return TRANSMIT_EMPTY | (0 if self.received else RECEIVE_EMPTY)
        if offset in IDENTITY:
            return IDENTITY[offset]
        special = {MASK: self.mask, RAW: self.raw, MASKED: self.raw & self.mask}
        return special.get(offset, self.values.get(offset, 0))

    def write(self, offset, value):
        if offset == DATA:
            if self._on(TRANSMITS) and self.speaks_midi():
                self.send(value & 0xFF)
            self.raw |= SENT
        elif offset == MASK:
            self.mask = value
        elif offset == CLEAR:
            self.raw &= ~value
        else:
            self.values[offset] = value
        self._update()

    def _on(self, direction):
        return self.values.get(CONTROL, 0) & (ENABLED | direction) == ENABLED | direction

    def _update(self):
        if self.received:
            self.raw |= RECEIVED | WAITED
        else:
            self.raw &= ~(RECEIVED | WAITED)
        self.raise_line(bool(self.raw & self.mask))
