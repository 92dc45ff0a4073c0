#!/usr/bin/env python3
"""Tabs come and go for a while, in every way there is, and nothing of them may stay behind in the server.

Tabs and streams open over TCP and a Unix socket, move, ping and watch; they leave in order, by a reset, by half a close, in the middle of a
handshake or a frame, and some send what nobody may. At each look the server must count what is open, and its metrics must say opened - closed =
open; when all have left it must hold as many descriptors as at the start, and no more memory than after the first third.

Usage: python3 Tests/System/soak.py [--seconds 600] [--seed N] [--tabs 400] [--churn 150] [--binary .build/release/skewwatch]
"""

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOKEN = "soak-token-0123456789abcdef"
PATIENCE = 20
HANDSHAKE = (
    "GET /__skew/ws?v={version}&route=/{route} HTTP/1.1\r\nHost: soak\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
STREAM = "GET /__skew/sse?v={version}&route=/{route} HTTP/1.1\r\nHost: soak\r\nAccept: text/event-stream\r\n\r\n"
WRONG = [
    b"GET /__skew/ws HTTP/1.1\r\nHost: soak\r\nUpgrade: websocket\r\n\r\n", b"GET  / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00", b"",
    b"POST /__skew/route HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{", b"GET /__skew/health HT",
    b"GET /__skew/health HTTP/1.1\r\nHost: a\r\n\r\n", b"PUT /__skew/x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n",
]


class Fault(Exception):
    pass


class Server:
    """The server, and what the system says of its process."""

    def __init__(self, binary, folder):
        self.socket = f"{folder}/socket"
        self.log = open(f"{folder}/log", "w+", encoding="utf-8")  # noqa: SIM115
        self.process = subprocess.Popen(
            [binary, "serve", "--host", "127.0.0.1", "--port", "0", "--internal-port", "0", "--listen", f"unix:{self.socket}",
             "--route-tracking", "true", "--release", "v1", "--loops", "2", "--ping-interval", "2s", "--pong-timeout", "2s",
             "--handshake-timeout", "2s", "--drain-timeout", "1s", "--log-format", "text"],
            stdout=self.log, stderr=self.log,
            env={**os.environ, "SKEWWATCH_STATS_TOKEN": TOKEN, "SKEWWATCH_ADMIN_TOKEN": TOKEN + "-admin"})
        deadline = time.monotonic() + PATIENCE
        while len(ports := re.findall(r"address=\"?http://127\.0\.0\.1:(\d+)", self.text())) < 2:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Fault(f"the server did not start: {self.text()}")
            time.sleep(0.05)
        # The port of the probes is told first.
        self.internal, self.port = int(ports[0]), int(ports[1])

    def text(self):
        with open(self.log.name, encoding="utf-8") as log:
            return log.read()

    def resident(self):
        """Megabytes of memory."""
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    async def connect(self, dice):
        if dice.random() < 0.3:
            return await asyncio.open_unix_connection(self.socket)
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def get(self, port, path, token=""):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), PATIENCE)
        writer.close()
        return answer.partition(b"\r\n\r\n")[2].decode()

    async def total(self):
        return json.loads(await self.get(self.port, "/__skew/admin/stats", TOKEN + "-admin"))["total"]

    async def books(self):
        """Opened, closed and open by transport, as the metrics have them."""
        text = await self.get(self.internal, "/metrics")

        def value(name, transport):
            lines = re.findall(rf'^skewwatch_{name}{{[^}}]*transport="{transport}"[^}}]*}} (\d+)$', text, re.M)
            return sum(int(line) for line in lines)

        return {
            transport: [value(name, transport) for name in ("connections_opened_total", "connections_closed_total", "connections")]
            for transport in ("websocket", "sse")
        }


def frame(payload, opcode=1):
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    head = bytes([0x80 | opcode]) + (bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0xFE]) + struct.pack(">H", len(data)))
    return head + bytes(4) + data


class Tab:
    """A tab, which answers pings while it is open."""

    def __init__(self, reader, writer, is_stream):
        self.reader, self.writer, self.is_stream, self.has_finished = reader, writer, is_stream, False
        self.listening = asyncio.create_task(self.listen())

    @staticmethod
    async def open(server, dice):
        is_stream = dice.random() < 0.35
        reader, writer = await server.connect(dice)
        head = (STREAM if is_stream else HANDSHAKE).format(version=f"v{dice.randint(1, 6)}", route=dice.randint(1, 40))
        writer.write(head.encode())
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        if b" 101 " not in answer[:16] and b" 200 " not in answer[:16]:
            raise Fault(f"not let in: {answer!r}")
        return Tab(reader, writer, is_stream)

    async def listen(self):
        try:
            while True:
                if self.is_stream:
                    if not await self.reader.read(65536):
                        return
                    continue
                first, second = await self.reader.readexactly(2)
                length = second & 127
                if length > 125:
                    length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
                payload = await self.reader.readexactly(length)
                if first & 15 == 9 and not self.has_finished:
                    self.writer.write(frame(payload, 10))
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    def act(self, dice):
        if self.is_stream:
            return
        self.writer.write(frame(dice.choice([
            {"type": "ping"}, {"type": "route-update", "route": f"/{dice.randint(1, 40)}"}, {"type": "unsubscribe-stats"},
            {"type": "subscribe-stats", "token": TOKEN, "mode": dice.choice(["snapshot", "delta", "summary"])},
            {"type": "subscribe-stats", "token": "wrong"}, {"type": "nobody knows"}])))

    async def leave(self, dice):
        way = dice.choice(["close", "close", "bye", "reset", "half", "cut"])
        if way == "bye" and not self.is_stream:
            self.writer.write(frame(struct.pack(">H", dice.choice([1000, 1001, 4000])), 8))
        if way == "cut" and not self.is_stream:
            self.writer.write(frame({"type": "route-update", "route": "/cut"})[:9])
        if way == "half":
            self.has_finished = True
            self.writer.write_eof()
            await asyncio.sleep(0.05)
        if way == "reset":
            self.writer.transport.abort()
        self.writer.close()
        await self.listening


async def hear_out(reader):
    with contextlib.suppress(ConnectionError):
        await reader.read()


async def disturb(server, dice):
    """A connection that is no tab, or not yet."""
    reader, writer = await server.connect(dice)
    writer.write(dice.choice(WRONG))
    if dice.random() < 0.5:
        await asyncio.wait({asyncio.create_task(hear_out(reader))}, timeout=3)
    if dice.random() < 0.3:
        writer.transport.abort()
    writer.close()


async def settle(server, open_tabs, what):
    """The counts must become exact, and soon."""
    wanted = {"websocket": sum(not tab.is_stream for tab in open_tabs), "sse": sum(tab.is_stream for tab in open_tabs)}
    deadline = time.monotonic() + PATIENCE
    while True:
        total, books = await server.total(), await server.books()
        is_right = total == len(open_tabs) and all(
            opened - closed == now == wanted[transport] for transport, (opened, closed, now) in books.items())
        if is_right:
            return books
        if server.process.poll() is not None or time.monotonic() > deadline:
            raise Fault(f"{what}: {len(open_tabs)} are open ({wanted}), it counts {total}, and its books say {books}")
        await asyncio.sleep(0.1)


async def warm_up(server, dice):
    """Has the server make what it makes with the first tabs and keeps; how many descriptors it has then."""
    tabs = [await Tab.open(server, dice) for _ in range(40)]
    for tab in tabs:
        tab.act(dice)
        await tab.leave(dice)
    await settle(server, [], "after the first tabs")
    await asyncio.sleep(2)
    return server.descriptors()


async def soak(server, arguments):
    dice = random.Random(arguments.seed)
    tabs, samples, others = [], [], set()
    start = await warm_up(server, dice)
    began = looked = time.monotonic()
    while time.monotonic() - began < arguments.seconds:
        step = time.monotonic()
        for _ in range(arguments.churn // 10):
            if len(tabs) < arguments.tabs or dice.random() < 0.5:
                tabs.append(await Tab.open(server, dice))
            if len(tabs) > arguments.tabs // 2:
                await tabs.pop(dice.randrange(len(tabs))).leave(dice)
            dice.choice(tabs).act(dice)
            if dice.random() < 0.2:
                others.add(task := asyncio.create_task(disturb(server, dice)))
                task.add_done_callback(others.discard)
        if time.monotonic() - looked > arguments.seconds / 20:
            books = await settle(server, tabs, f"after {time.monotonic() - began:.0f} s")
            opened = sum(book[0] for book in books.values())
            samples.append(server.resident())
            looked = time.monotonic()
            print(f"{looked - began:5.0f} s  {opened:7} opened  {len(tabs):4} open  {samples[-1]:6.1f} MB  {server.descriptors():4} files", flush=True)
        await asyncio.sleep(max(0, 0.1 - (time.monotonic() - step)))
    if others:
        await asyncio.wait(others)
    for tab in tabs:
        await tab.leave(dice)
    books = await settle(server, [], "after all have left")
    deadline = time.monotonic() + PATIENCE
    while (left := server.descriptors()) > start:
        if time.monotonic() > deadline:
            raise Fault(f"{left - start} descriptors stay open")
        await asyncio.sleep(0.1)
    third = max(samples[: max(1, len(samples) // 3)])
    if (grown := max(samples[-3:]) - third) > 3 + third / 10:
        raise Fault(f"memory grew by {grown:.1f} MB from {third:.1f}")
    return f"{sum(book[0] for book in books.values())} connections; {start} descriptors before and {left} after; {grown:+.1f} MB from {third:.1f}"


def main():
    parser = argparse.ArgumentParser(description="Tabs come and go, and nothing of them stays behind.")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--tabs", type=int, default=400)
    parser.add_argument("--churn", type=int, default=150, help="connections opened in a second, at most")
    parser.add_argument("--binary", default=str(ROOT / ".build/release/skewwatch"))
    arguments = parser.parse_args()
    print(f"Seed {arguments.seed}, {arguments.seconds:.0f} s against {arguments.binary}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(arguments.binary, folder)
        try:
            said = asyncio.run(soak(server, arguments))
            server.process.terminate()
            if (status := server.process.wait(PATIENCE)) != 0:
                raise Fault(f"the server ended with {status}")
            if os.path.exists(server.socket):
                raise Fault("the Unix socket is still there")
        except Fault as fault:
            sys.exit(f"{server.text()[-3000:]}\nFAILED with --seed {arguments.seed}: {fault}")
        finally:
            server.process.kill()
    print(f"The soak found nothing: {said}.")


main()
