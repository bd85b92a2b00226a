"""python3 test_rp1.py RP1: what the program that stands in for RP1 answers, message by message."""

import errno
import json
import os
import random
import select
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

RP1 = sys.argv.pop(1)
sys.path.insert(0, RP1)

from chip import Chip  # noqa: E402
from vfio_user import HEADER, Session, receive  # noqa: E402

VERSION, DEVICE_INFO, REGION_INFO, IRQ_INFO, SET_IRQS, READ, WRITE, RESET = 1, 4, 5, 7, 8, 9, 10, 13
CONFIGURATION, PERIPHERALS = 7, 1
UART, INTERRUPTS = 0x30000, 0x108000
UART_VECTOR = 25


def message(command, body=b"", number=1, flags=0):
    return HEADER.pack(number, command, HEADER.size + len(body), flags, 0) + body


def register(offset, value=None, region=PERIPHERALS):
    """The body of a read, or of a write, of four bytes."""
    what = struct.pack("<QII", offset, region, 4)
    return what if value is None else what + struct.pack("<I", value)


class Answers(unittest.TestCase):
    """A session without a socket."""

    def setUp(self):
        self.sent = bytearray()
        self.chip = Chip(self.sent.append)
        self.session = Session(self.chip)

    def ask(self, command, body=b"", fds=None):
        reply = self.session.answer(message(command, body), fds or [])
        number, said, size, flags, error = HEADER.unpack_from(reply)
        self.assertEqual((number, said, size), (1, command, len(reply)))
        self.assertEqual(flags, 0x21 if error else 0x01)
        return error if error else reply[HEADER.size :]

    def get(self, offset, region=PERIPHERALS):
        return struct.unpack("<I", self.ask(READ, register(offset, region=region))[16:])[0]

    def put(self, offset, value, region=PERIPHERALS):
        self.assertEqual(len(self.ask(WRITE, register(offset, value, region))), 16)

    def set_up_uart(self, divisor=100, control=0x301, function=4):
        """As Linux does for MIDI: PLL at 1 GHz, 200 MHz, clock at 50 MHz, pins, 8N1, interrupts."""
        self.put(0x20008, 20)
        self.put(0x20010, 5 << 16 | 1 << 12)
        self.put(0x18058, 2)
        self.put(0x18054, 1 << 11)
        for pin in (14, 15):
            self.put(0xD0000 + 8 * pin + 4, function)
        self.put(UART + 0x24, divisor)
        self.put(UART + 0x28, 0)
        self.put(UART + 0x2C, 0x70)
        self.put(UART + 0x30, control)
        self.put(UART + 0x38, 0x50)


class Protocol(Answers):
    def test_the_version_is_that_of_the_client(self):
        said = self.ask(VERSION, struct.pack("<HH", 0, 1) + b'{"capabilities":{}}\0')
        self.assertEqual(said[:4], struct.pack("<HH", 0, 1))
        self.assertEqual(json.loads(said[4:-1])["capabilities"]["max_msg_fds"], 16)
        self.assertEqual(said[-1], 0)

    def test_it_is_a_pci_device_that_can_be_reset(self):
        self.assertEqual(self.ask(DEVICE_INFO, bytes(16)), struct.pack("<IIII", 16, 3, 9, 5))
        self.put(UART + 0x24, 7)
        self.assertEqual(self.ask(RESET), b"")
        self.assertEqual(self.get(UART + 0x24), 0)

    def test_regions_have_their_sizes(self):
        sizes = []
        for index in range(9):
            said = self.ask(REGION_INFO, struct.pack("<IIIIQQ", 32, 0, index, 0, 0, 0))
            _, flags, same, _, size, _ = struct.unpack("<IIIIQQ", said)
            self.assertEqual((same, flags), (index, 3 if size else 0))
            sizes.append(size)
        self.assertEqual(sizes, [0x4000, 0x400000, 0x10000, 0, 0, 0, 0, 0x1000, 0])
        self.assertEqual(
            self.ask(REGION_INFO, struct.pack("<IIIIQQ", 32, 0, 9, 0, 0, 0)), errno.EINVAL
        )

    def test_it_has_61_vectors_and_no_other_interrupts(self):
        counts = [
            struct.unpack("<IIII", self.ask(IRQ_INFO, struct.pack("<IIII", 16, 0, index, 0)))[3]
            for index in range(5)
        ]
        self.assertEqual(counts, [0, 0, 61, 0, 0])

    def test_what_is_not_known_or_not_there_is_refused(self):
        self.assertEqual(self.ask(99), errno.ENOSYS)
        self.assertEqual(self.ask(READ, b"short"), errno.EINVAL)
        self.assertEqual(self.ask(READ, register(0x400000)), errno.EINVAL)
        self.assertEqual(self.ask(READ, register(0, region=77)), errno.EINVAL)
        self.assertEqual(self.ask(READ, struct.pack("<QII", 0, 1, 1 << 31)), errno.EINVAL)
        self.assertEqual(self.ask(WRITE, struct.pack("<QII", 0, 1, 4) + b"ab"), errno.EINVAL)
        self.assertEqual(self.ask(SET_IRQS, struct.pack("<IIIII", 20, 0x24, 2, 60, 2)), errno.EINVAL)
        self.assertEqual(self.ask(SET_IRQS, struct.pack("<IIIII", 20, 0x22, 2, 0, 1)), errno.EINVAL)

    def test_nothing_is_said_where_no_reply_is_wanted(self):
        self.assertIsNone(self.session.answer(message(WRITE, register(0, 1), flags=0x10), []))

    def test_file_descriptors_that_nothing_needs_are_closed(self):
        inside, outside = os.pipe()
        self.ask(VERSION, bytes(4), fds=[outside])
        self.assertEqual(os.read(inside, 1), b"")  # nobody can write to it any more
        os.close(inside)

    def test_odd_messages_are_answered(self):
        draw = random.Random(1)
        for _ in range(20000):
            body = draw.randbytes(draw.choice([0, 3, 8, 16, 20, 24]))
            if draw.random() < 0.7 and len(body) >= 16:  # near what there is
                what = (draw.randrange(0x401000), draw.randrange(10), draw.randrange(9))
                body = struct.pack("<QII", *what) + body[16:]
            self.ask(draw.randrange(16), body)


class Peripherals(Answers):
    def test_the_configuration_says_what_it_is_and_how_large(self):
        self.assertEqual(self.get(0, CONFIGURATION), 0x00011DE4)
        self.put(0x14, 0xFFFFFFFF, CONFIGURATION)
        self.assertEqual(self.get(0x14, CONFIGURATION), 0xFFC00000)
        self.put(0x00, 0, CONFIGURATION)
        self.assertEqual(self.get(0, CONFIGURATION), 0x00011DE4)
        self.assertEqual(self.get(0x80, CONFIGURATION), 60 << 16 | 0x11)

    def test_pins_are_set_cleared_and_turned(self):
        self.put(0xE0000, 0b1100)
        self.put(0xE2000, 0b0011)
        self.put(0xE3000, 0b0100)
        self.put(0xE1000, 0b1001)
        self.assertEqual(self.get(0xE0000), 0b0010)
        self.put(0xE0004, 0b0110)
        self.assertEqual(self.get(0xE0008), 0b0010)  # what is driven is read
        self.put(0xD8000 + 8 * 3 + 4, 5)
        self.assertEqual(self.chip.pins.function(37), 5)

    def test_a_pll_has_locked_and_clocks_can_be_told(self):
        self.assertTrue(self.get(0x24000) & 1 << 31)
        self.set_up_uart()
        self.assertEqual(self.chip.clocks.uart(), 50_000_000)
        self.put(0x18054, 1 << 11 | 2 << 5)
        self.assertEqual(self.chip.clocks.uart(), 25_000_000)
        self.put(0x18054, 0)
        self.assertEqual(self.chip.clocks.uart(), 0)

    def test_midi_goes_out_and_comes_in(self):
        self.set_up_uart()
        for byte in (0x90, 0x3C, 0x40):
            self.put(UART, byte)
        self.assertEqual(self.sent, bytes([0x90, 0x3C, 0x40]))
        self.chip.uart.hear(0xF8)
        self.assertEqual((self.get(UART + 0x40), self.get(UART + 0x18)), (0x50, 0x80))
        self.assertEqual(self.get(UART), 0xF8)
        self.assertEqual((self.get(UART + 0x40), self.get(UART + 0x18)), (0, 0x90))

    def test_nothing_passes_at_another_rate_by_other_pins_or_switched_off(self):
        for wrong in ({"divisor": 96}, {"function": 0}, {"control": 0x300}):
            self.set_up_uart(**wrong)
            self.put(UART, 0x90)
            self.chip.uart.hear(0x90)
            self.assertEqual((self.sent, self.get(UART + 0x18)), (b"", 0x90), wrong)

    def test_its_buffer_has_room_for_32_bytes(self):
        self.set_up_uart()
        for byte in range(32):
            self.assertTrue(self.chip.uart.has_room())
            self.chip.uart.hear(byte)
        self.assertFalse(self.chip.uart.has_room())

    def test_nobody_is_on_an_i2c_bus(self):
        bus = 0x74000
        self.assertEqual(self.get(bus + 0xFC), 0x44570140)
        self.put(bus + 0x30, 1 << 6)
        self.put(bus + 0x6C, 1)
        self.put(bus + 0x10, 0x100)
        self.assertEqual((self.get(bus + 0x2C), self.get(bus + 0x80)), (1 << 6, 1))
        self.get(bus + 0x54)
        self.assertEqual(self.get(bus + 0x2C), 0)

    def test_a_word_narrower_than_a_register_is_a_part_of_it(self):
        self.put(0x18058, 0x11223344)
        said = self.ask(READ, struct.pack("<QII", 0x18059, PERIPHERALS, 2))
        self.assertEqual(said[16:], b"\x33\x22")


class Interrupts(Answers):
    def setUp(self):
        super().setUp()
        self.set_up_uart()
        self.eventfd = os.eventfd(0, os.EFD_NONBLOCK)
        self.addCleanup(os.close, self.eventfd)
        self.connect([os.dup(self.eventfd)])

    def connect(self, fds, start=UART_VECTOR, count=1, flags=0x24):
        self.assertEqual(
            self.ask(SET_IRQS, struct.pack("<IIIII", 20, flags, 2, start, count), fds), b""
        )

    def configure(self, value, kind=0x800):
        self.put(INTERRUPTS + kind + 8 + 4 * UART_VECTOR, value)

    def came(self):
        try:
            return os.eventfd_read(self.eventfd)
        except BlockingIOError:
            return 0

    def test_a_line_sends_once_until_it_is_acknowledged(self):
        self.configure(0x9)
        self.chip.uart.hear(1)
        self.chip.uart.hear(2)
        self.assertEqual((self.came(), self.came()), (1, 0))
        self.configure(0x4)  # two bytes are there still
        self.assertEqual(self.came(), 1)
        self.get(UART), self.get(UART)
        self.configure(0x4)
        self.assertEqual(self.came(), 0)

    def test_one_that_is_not_enabled_sends_when_it_is(self):
        self.chip.uart.hear(1)
        self.assertEqual(self.came(), 0)
        self.configure(0x1)
        self.assertEqual(self.came(), 1)
        self.configure(0x1, 0xC00)
        self.get(UART)
        self.chip.uart.hear(2)
        self.assertEqual(self.came(), 0)

    def test_vectors_are_connected_anew_and_disconnected(self):
        self.configure(0x1)
        self.connect([])
        self.chip.uart.hear(1)
        self.assertEqual(self.came(), 0)
        self.connect([os.dup(self.eventfd)])
        self.assertEqual(self.came(), 1)  # it is up still
        self.connect([], start=0, count=0, flags=0x21)
        self.assertEqual(self.chip.interrupts.eventfds, {})


class Program(unittest.TestCase):
    """The whole of it, at the other end of a socket."""

    def test_midi_passes_through_socket_interrupt_and_pipes(self):
        with tempfile.TemporaryDirectory() as folder:
            path, midi_in, midi_out = (os.path.join(folder, name) for name in ("s", "in", "out"))
            os.mkfifo(midi_in)
            os.mkfifo(midi_out)
            argv = [sys.executable, RP1, path, midi_in, midi_out]
            with subprocess.Popen(argv, stdout=subprocess.PIPE) as program:
                self.assertEqual(program.stdout.readline(), b"ready\n")
                with socket.socket(socket.AF_UNIX) as client:
                    client.connect(path)
                    self.talk(client, midi_in, midi_out)
                self.assertEqual(program.wait(), 0)

    def talk(self, client, midi_in, midi_out):
        def ask(command, body, fds=()):
            # in two pieces, as a socket may deliver them
            whole = message(command, body)
            socket.send_fds(client, [whole[:5]], list(fds))
            client.sendall(whole[5:])
            reply, _ = receive(client)
            self.assertEqual(HEADER.unpack_from(reply)[4], 0)
            return reply[HEADER.size :]

        eventfd = os.eventfd(0)
        ask(SET_IRQS, struct.pack("<IIIII", 20, 0x24, 2, UART_VECTOR, 1), [eventfd])
        chip = Answers()
        chip.put = lambda offset, value: ask(WRITE, register(offset, value))
        chip.set_up_uart()
        ask(WRITE, register(INTERRUPTS + 0x800 + 8 + 4 * UART_VECTOR, 0x9))
        with open(midi_in, "wb", buffering=0) as instrument:
            instrument.write(b"\x90\x3c\x64")
        self.assertEqual(os.eventfd_read(eventfd), 1)
        played = b""
        while len(played) < 3:
            if not struct.unpack("<I", ask(READ, register(UART + 0x18))[16:])[0] & 0x10:
                played += ask(READ, register(UART))[16:17]
        self.assertEqual(played, b"\x90\x3c\x64")
        with open(midi_out, "rb", buffering=0) as instrument:
            ask(WRITE, register(UART, 0xFE))
            self.assertTrue(select.select([instrument], [], [])[0])
            self.assertEqual(instrument.read(1), b"\xfe")
        os.close(eventfd)


if __name__ == "__main__":
    unittest.main()
