"""vfio-user, the server's side of it: how QEMU asks another process for a PCI function.

Source: QEMU, docs/interop/vfio-user.rst. Each message is a header and a body, and most are answered.
The file descriptors of interrupts come beside a message.
"""

import errno
import json
import os
import socket
import struct

HEADER = struct.Struct("<HHIII")  # id, command, size with the header, flags, error
REPLY, NO_REPLY, ERROR = 0x01, 0x10, 0x20

VERSION, DMA_MAP, DMA_UNMAP, DEVICE_INFO, REGION_INFO = 1, 2, 3, 4, 5
IRQ_INFO, SET_IRQS, REGION_READ, REGION_WRITE, DEVICE_RESET = 7, 8, 9, 10, 13

# Indices of PCI, as in linux/vfio.h.
CONFIGURATION, REGIONS = 7, 9
MSIX, IRQS = 2, 5

MAX_BYTES = 1 << 20
CAPABILITIES = {"capabilities": {"max_msg_fds": 16, "max_data_xfer_size": MAX_BYTES}}


class Refused(Exception):
    """A message that is answered with an error number."""


class Session:
    """Answers messages about one device.

    The device has `sizes` (bytes of each region), `vectors` (how many MSI-X it has), `read`, `write`,
    `connect` (a vector to a file descriptor, or to None) and `reset`.
    """

    def __init__(self, device):
        self.device = device
        self.commands = {
            VERSION: self.version,
            DMA_MAP: lambda body, fds: b"",  # it reads no memory of the guest
            DMA_UNMAP: lambda body, fds: body,
            DEVICE_INFO: lambda body, fds: struct.pack("<IIII", 16, 0x3, REGIONS, IRQS),
            REGION_INFO: self.region_info,
            IRQ_INFO: self.irq_info,
            SET_IRQS: self.set_irqs,
            REGION_READ: self.region_read,
            REGION_WRITE: self.region_write,
            DEVICE_RESET: self.reset,
        }

    def answer(self, message, fds):
        """The reply to a whole message; None if none is wanted. What is left of `fds` is closed."""
        number, command, _, flags, _ = HEADER.unpack_from(message)
        error, body = 0, b""
        try:
            if command not in self.commands:
                raise Refused(errno.ENOSYS)
            body = self.commands[command](message[HEADER.size :], fds)
        except Refused as refused:
            error = refused.args[0]
        except (struct.error, IndexError):
            error = errno.EINVAL  # shorter than it has to be, or about what is not there
        finally:
            while fds:
                os.close(fds.pop())
        if flags & NO_REPLY:
            return None
        said = REPLY | (ERROR if error else 0)
        return HEADER.pack(number, command, HEADER.size + len(body), said, error) + body

    def version(self, body, fds):
        struct.unpack_from("<HH", body)
        return body[:4] + json.dumps(CAPABILITIES).encode() + b"\0"

    def region_info(self, body, fds):
        _, _, index = struct.unpack_from("<III", body)
        if index >= REGIONS:
            raise Refused(errno.EINVAL)
        size = self.device.sizes[index]
        return struct.pack("<IIIIQQ", 32, 0x3 if size else 0, index, 0, size, 0)

    def irq_info(self, body, fds):
        _, _, index = struct.unpack_from("<III", body)
        if index >= IRQS:
            raise Refused(errno.EINVAL)
        eventfd, fixed = 0x1, 0x8
        vectors = self.device.vectors if index == MSIX else 0
        return struct.pack("<IIII", 16, eventfd | fixed if vectors else 0, index, vectors)

    def set_irqs(self, body, fds):
        _, flags, index, start, count = struct.unpack_from("<IIIII", body)
        no_data, with_eventfds = 0x1, 0x4
        if index != MSIX or start + count > self.device.vectors:
            raise Refused(errno.EINVAL)
        if flags & no_data and count == 0:
            start, count = 0, self.device.vectors  # all of them are switched off
        elif not flags & with_eventfds:
            raise Refused(errno.EINVAL)
        for vector in range(start, start + count):
            self.device.connect(vector, fds.pop(0) if fds else None)
        return b""

    def within(self, body):
        offset, region, count = struct.unpack_from("<QII", body)
        if count > MAX_BYTES or offset + count > self.device.sizes[region]:
            raise Refused(errno.EINVAL)
        return offset, region, count

    def region_read(self, body, fds):
        offset, region, count = self.within(body)
        return body[:16] + self.device.read(region, offset, count)

    def region_write(self, body, fds):
        offset, region, count = self.within(body)
        data = body[16 : 16 + count]
        if len(data) < count:
            raise Refused(errno.EINVAL)
        self.device.write(region, offset, data)
        return body[:16]

    def reset(self, body, fds):
        self.device.reset()
        return b""


def receive(connection):
    """The next message, and the file descriptors beside it; None at the end."""
    message, fds, size = b"", [], HEADER.size
    while len(message) < size:
        part, more, _, _ = socket.recv_fds(connection, size - len(message), 64)
        fds += more
        if not part:
            return None
        message += part
        if len(message) == HEADER.size:
            size = HEADER.unpack(message)[2]
            if not HEADER.size <= size <= HEADER.size + 64 + MAX_BYTES:
                raise ValueError(f"a message of {size} bytes")
    return message, fds
