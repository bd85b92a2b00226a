"""The computer, and later the router, at the other end of a network cable whose near end is QEMU's.

peer.py CARD OWN NAME: unix datagram sockets of the card's end and of this one, and the name that is
asked for. Each datagram is one Ethernet frame. A line on stdin switches the router on. What is seen
is told on stdout, a line each:

    address A       the card says that A is its own (ARP)
    NAME A          the card has answered that NAME is at A (mDNS, RFC 6762)
    leased A        the card has taken the address A (DHCP, RFC 2131)
    asked NAME      the card has asked for the address of NAME (DNS)
    told            the card was told the time (SNTP, RFC 4330)
"""
import os
import select
import socket
import struct
import sys

MAC = bytes.fromhex("020000000001")
EVERYBODY = b"\xff" * 6
# As a computer without a router it has an address of the link, as a router one of its own network.
LINK, ROUTER, GIVEN = "169.254.7.7", "10.77.0.1", "10.77.0.2"
MDNS, MDNS_MAC, MDNS_PORT = "224.0.0.251", bytes.fromhex("01005e0000fb"), 5353
# 2031-05-04 03:02:01 UTC, in seconds since 1900
TIME = 1935630121 + 2208988800

card, own, name = sys.argv[1:]
cable = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
cable.bind(own)
router = False
told = set()


def tell(*words):
    line = " ".join(words)
    if line not in told:
        told.add(line)
        print(line, flush=True)


def send(frame):
    try:
        cable.sendto(frame, card)
    except OSError:
        pass  # the machine is not there yet, or no more


def checksum(header):
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def udp(mac, source, target, ports, data, ttl=64):
    datagram = struct.pack("!4H", *ports, 8 + len(data), 0) + data
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(datagram), 0, 0, ttl, 17, 0)
    head += socket.inet_aton(source) + socket.inet_aton(target)
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    send(mac + MAC + b"\x08\x00" + head + datagram)


def labels(text):
    return b"".join(bytes([len(part)]) + part.encode() for part in text.split(".")) + b"\0"


def read_name(text, at):
    """The name at this place of a message, and where the next thing is."""
    parts, after = [], None
    for _ in range(64):
        length = text[at]
        if length >= 0xC0:
            after = at + 2 if after is None else after
            at = (length & 0x3F) << 8 | text[at + 1]
        elif length == 0:
            return ".".join(parts), at + 1 if after is None else after
        else:
            parts.append(text[at + 1 : at + 1 + length].decode("ascii", "replace"))
            at += 1 + length
    raise ValueError("a name without an end")


def ask_name():
    question = struct.pack("!6H", 0, 0, 1, 0, 0, 0) + labels(name) + struct.pack("!2H", 1, 1)
    source = ROUTER if router else LINK
    udp(MDNS_MAC, source, MDNS, (MDNS_PORT, MDNS_PORT), question, 255)


def mdns(text):
    _, flags, questions, answers, _, _ = struct.unpack_from("!6H", text)
    at = 12
    for _ in range(questions):
        _, at = read_name(text, at)
        at += 4
    for _ in range(answers if flags & 0x8000 else 0):
        owner, at = read_name(text, at)
        kind, _, _, length = struct.unpack_from("!HHIH", text, at)
        at += 10
        if kind == 1 and owner.lower() == name:
            tell(name, socket.inet_ntoa(text[at : at + 4]))
        at += length


def dns(mac, source, port, text):
    asked, at = read_name(text, 12)
    (kind,) = struct.unpack_from("!H", text, at)
    tell("asked", asked)
    answer = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + socket.inet_aton(ROUTER)
    head = text[:2] + struct.pack("!5H", 0x8180, 1, 1 if kind == 1 else 0, 0, 0)
    udp(mac, ROUTER, source, (53, port), head + text[12 : at + 4] + (answer if kind == 1 else b""))


def dhcp(mac, text):
    options, at = {}, 240
    while at < len(text) and text[at] != 255:
        if text[at] == 0:
            at += 1
            continue
        options[text[at]] = text[at + 2 : at + 2 + text[at + 1]]
        at += 2 + text[at + 1]
    kind = options.get(53, b"\0")[0]
    if kind not in (1, 3):  # DISCOVER, REQUEST
        return
    if kind == 3:
        tell("leased", GIVEN)
    us = socket.inet_aton(ROUTER)
    head = struct.pack("!4B", 2, 1, 6, 0) + text[4:12] + b"\0" * 4 + socket.inet_aton(GIVEN) + us
    head += text[24:44] + b"\0" * 192 + bytes.fromhex("63825363")
    reply = [(53, bytes([2 if kind == 1 else 5])), (54, us), (51, struct.pack("!I", 3600))]
    reply += [(1, socket.inet_aton("255.255.255.0")), (3, us), (6, us)]
    body = b"".join(bytes([code, len(value)]) + value for code, value in reply)
    udp(EVERYBODY, ROUTER, "255.255.255.255", (67, 68), head + body + b"\xff")


def sntp(mac, source, port, text):
    stamp = struct.pack("!II", TIME, 0)
    head = struct.pack("!4B", 0x24, 1, 6, 0xEC) + b"\0" * 8 + b"TEST"
    udp(mac, ROUTER, source, (123, port), head + stamp + text[40:48] + stamp + stamp)
    tell("told")


def arp(frame):
    operation, mac, source, target = struct.unpack("!H6s4s6x4s", frame[20:42])
    if source != b"\0" * 4:
        tell("address", socket.inet_ntoa(source))
    if operation == 1 and socket.inet_ntoa(target) in ((ROUTER,) if router else (LINK,)):
        head = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2)
        send(mac + MAC + b"\x08\x06" + head + MAC + target + mac + source)


def ip(frame):
    start = 14 + (frame[14] & 15) * 4
    if frame[23] != 17:
        return
    mac, source = frame[6:12], socket.inet_ntoa(frame[26:30])
    port, to, length, _ = struct.unpack_from("!4H", frame, start)
    text = frame[start + 8 : start + length]
    if port == MDNS_PORT:
        mdns(text)
    elif to == 67 and router:
        dhcp(mac, text)
    elif to == 53 and router:
        dns(mac, source, port, text)
    elif to == 123 and router:
        sntp(mac, source, port, text)


while True:
    ready, _, _ = select.select([cable, sys.stdin], [], [], 1)
    if sys.stdin in ready:
        if not os.read(0, 4096):
            break
        router = True
    if cable in ready:
        frame = cable.recv(65536)
        try:
            {b"\x08\x06": arp, b"\x08\x00": ip}.get(frame[12:14], lambda _: None)(frame)
        except (IndexError, ValueError, struct.error) as error:
            tell("odd frame:", str(error))
    if not ready:
        ask_name()
