"""A DesignWare I2C controller with nothing on its bus: nobody acknowledges an address.

Source: Linux, drivers/i2c/busses/i2c-designware-core.h and -master.c.
"""

COMMAND, STATUS_MASKED, MASK, STATUS_RAW = 0x10, 0x2C, 0x30, 0x34
CLEAR_ALL, CLEAR_ABORT, CLEAR_STOP = 0x40, 0x54, 0x60
ENABLE, STATUS, ABORT_SOURCE, ENABLE_STATUS = 0x6C, 0x70, 0x80, 0x9C
ABORTED, STOPPED, EMPTY = 1 << 6, 1 << 9, 1 << 4  # interrupts
NOT_ACKNOWLEDGED = 1 << 0
IDLE = 0x6  # of STATUS: room to send, and nothing waits
FIXED = {0xF4: 0x001F1FEE, 0xF8: 0x3230312A, 0xFC: 0x44570140, STATUS: IDLE}


class I2c:
    def __init__(self, raise_line):
        self.raise_line = raise_line
        self.values = {}
        self.raw = 0

    def read(self, offset):
        clears = {CLEAR_ALL: ~0, CLEAR_ABORT: ABORTED, CLEAR_STOP: STOPPED}.get(offset, 0)
        self.raw &= ~clears
        self._update()
        if offset == STATUS_RAW:
            return self._raw()
        if offset == STATUS_MASKED:
            return self._raw() & self.values.get(MASK, 0)
        if offset == ENABLE_STATUS:
            return self.values.get(ENABLE, 0) & 1
        return FIXED.get(offset, self.values.get(offset, 0))

    def write(self, offset, value):
        self.values[offset] = value
        if offset == COMMAND:
            self.raw |= ABORTED | STOPPED
            self.values[ABORT_SOURCE] = NOT_ACKNOWLEDGED
        self._update()

    def _raw(self):
        return self.raw | (EMPTY if self.values.get(ENABLE, 0) & 1 else 0)

    def _update(self):
        self.raise_line(bool(self._raw() & self.values.get(MASK, 0)))
