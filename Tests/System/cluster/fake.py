"""A node of another release of SkewWatch, as far as the others hear of it: written from the description of the format, not from its code."""

import asyncio
import random
import struct
import time

HEARTBEAT, DELTA, SNAPSHOT, LEAVE = 1, 2, 3, 4


def number(value):
    """LEB128."""
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def signed(value):
    return number(value << 1 if value >= 0 else (-value << 1) - 1)


def text(value):
    data = value.encode()
    return number(len(data)) + data


def field(tag, content):
    return number(tag) + number(len(content)) + content


def digest(counts):
    """Additive over FNV-1a with the finalizer of SplitMix64."""
    mask, total = (1 << 64) - 1, 0
    for name, count in counts.items():
        value = 0xCBF29CE484222325
        for byte in name.encode():
            value = ((value ^ byte) * 0x100000001B3) & mask
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & mask
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & mask
        total = (total + (value ^ (value >> 31)) * count) & mask
    return total


class FakeNode:
    """Says heartbeats and answers questions with snapshots; hears who is there."""

    def __init__(self, port, name, counts, schema=1, later=b"", wants=0):
        self.port, self.name, self.counts, self.schema, self.later, self.wants = port, name, counts, schema, later, wants
        self.instance = struct.pack("<QQ", random.getrandbits(64), random.getrandbits(64))
        self.marks, self.sent, self.begin, self.tasks = {}, 0, time.monotonic(), []
        # Of its summary.
        self.sequence = 1

    async def start(self):
        self.reader, listener = await asyncio.open_connection("127.0.0.1", self.port)
        self.listener = listener
        _, self.speaker = await asyncio.open_connection("127.0.0.1", self.port)
        listener.write(b"SUBSCRIBE {skewwatch:skewwatch:0}:bus\r\n")
        self.tasks = [asyncio.create_task(self._hear()), asyncio.create_task(self._speak())]
        return self

    async def _bulk(self):
        line = await self.reader.readuntil(b"\r\n")
        if line[:1] == b"$":
            return (await self.reader.readexactly(int(line[1:]) + 2))[:-2]
        return line

    async def _hear(self):
        while True:
            part = await self._bulk()
            if part[:2] == b"SW" and part[4:20] != self.instance:
                self.marks[part[4:20]] = time.monotonic()
                # Whoever asks for this node's counts is told them; with no question they are told as well, which does no harm.
                if part[3] == HEARTBEAT and self.instance in part[20:]:
                    self.say(SNAPSHOT, self.snapshot())

    async def _speak(self):
        while True:
            self.say(HEARTBEAT, self.heartbeat())
            await asyncio.sleep(0.9)

    def say(self, kind, body):
        self.sent += 1
        part = b"SW" + bytes([self.schema, kind]) + self.instance + number(self.sent) + number(0) + number(1) + body
        channel = b"{skewwatch:skewwatch:0}:bus"
        self.speaker.write(b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (len(channel), channel, len(part), part))

    def heartbeat(self):
        heard = [mark for mark, moment in self.marks.items() if time.monotonic() - moment < 2.5]
        hears = b"".join(mark[8:12] for mark in heard)
        body = field(1, text(self.name)) + field(2, text("9.9.9")) + field(3, text("/__skew")) + field(4, b"\x02")
        body += field(5, number(int(1e6 * (time.monotonic() - self.begin)) + 1))
        body += field(6, bytes([self.wants]))
        # A section of a later release stands behind its summary.
        body += field(7, b"\x01" + number(self.sequence) + struct.pack("<Q", digest(self.counts)) + (b"\x63" + number(7) + bytes(8) if self.later else b""))
        body += field(9, hears) + field(12, number(0) + bytes(16))
        return body + self.later

    def snapshot(self):
        entries = b"".join(number(place << 2 | 1) + text(name) + number(count) for place, (name, count) in enumerate(self.counts.items(), 1))
        return field(1, b"\x01" + number(self.sequence)) + field(3, entries) + field(5, b"") + self.later

    def change(self, counts):
        """Tells new counts of names that it has, as one delta."""
        self.counts.update(counts)
        self.sequence += 1
        names = list(self.counts)
        entries = b"".join(number((names.index(name) + 1) << 2) + number(count) for name, count in counts.items())
        self.say(DELTA, field(1, b"\x01" + number(self.sequence)) + field(3, entries) + field(2, signed(0)))

    def stop(self):
        for task in self.tasks:
            task.cancel()
        self.listener.close()
        self.speaker.close()
