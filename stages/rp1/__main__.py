"""python3 rp1 SOCKET MIDI-IN MIDI-OUT: RP1 for one QEMU, which finds it at SOCKET (vfio-user-pci).

The UART on GPIO 14 and 15 receives what is written to MIDI-IN, and what it sends goes to MIDI-OUT;
both may be named pipes. It says "ready" when QEMU may begin, and ends with QEMU.
"""

import os
import select
import socket
import sys

from chip import Chip
from vfio_user import Session, receive


def main(path, midi_in, midi_out):
    out = os.open(midi_out, os.O_RDWR)  # so that opening a pipe waits for nobody
    heard = os.open(midi_in, os.O_RDWR | os.O_NONBLOCK)
    chip = Chip(lambda byte: os.write(out, bytes([byte])))
    session = Session(chip)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(1)
        print("ready", flush=True)
        connection, _ = listening.accept()
    with connection:
        while True:
            sources = [connection, heard] if chip.uart.has_room() else [connection]
            ready, _, _ = select.select(sources, [], [])
            if connection in ready:
                got = receive(connection)
                if got is None:
                    return
                reply = session.answer(*got)
                if reply is not None:
                    connection.sendall(reply)
            if heard in ready:
                for byte in os.read(heard, 1):
                    chip.uart.hear(byte)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ConnectionError:
        pass  # QEMU was killed
