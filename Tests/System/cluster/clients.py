"""Tabs that the rig holds itself: it knows the truth."""

import asyncio
import base64
import json
import random
import struct
import time


def frame(opcode, payload=b""):
    """A frame as clients send it; its mask is zero."""
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0xFE]) + struct.pack(">H", len(payload))
    return bytes([0x80 | opcode]) + length + bytes(4) + payload


class Socket:
    """A WebSocket of the rig. Answers pings; hands out messages."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port, query="", host="127.0.0.1", headers=""):
        reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), 5)
        key = base64.b64encode(random.randbytes(16)).decode()
        writer.write(
            (
                f"GET /__skew/ws{query} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{headers}\r\n"
            ).encode()
        )
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        if b" 101 " not in head.split(b"\r\n")[0]:
            writer.close()
            raise ConnectionError(head.split(b"\r\n")[0].decode())
        return cls(reader, writer)

    async def message(self):
        """The next text; raises when the connection ends."""
        text = b""
        while True:
            first, second = await self.reader.readexactly(2)
            length = second & 0x7F
            if length == 126:
                length = struct.unpack(">H", await self.reader.readexactly(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", await self.reader.readexactly(8))[0]
            payload = await self.reader.readexactly(length)
            opcode = first & 0x0F
            if opcode == 9:
                self.writer.write(frame(10, payload))
            elif opcode == 8:
                self.writer.write(frame(8, payload[:2]))
                raise ConnectionError("closed")
            elif opcode in (0, 1):
                text += payload
                if first & 0x80:
                    return text.decode()

    def send(self, text):
        self.writer.write(frame(1, text.encode()))

    def close(self):
        self.writer.close()


class Tab:
    """Somebody's open tab, which comes back as the stock client does, five seconds after whatever happened; or as ours does, within two, and
    says which tab it is."""

    def __init__(self, cluster, version, route, is_ours=False, tag=None):
        self.cluster, self.version, self.route = cluster, version, route
        self.name, self.returns = f"{random.getrandbits(96):024x}" if is_ours else None, 0
        self.node, self.socket, self.is_gone, self.task = None, None, False, None
        # For how many seconds it was between two nodes at most.
        self.away = 0
        # Who waits for the ends of former connections: a task that nobody holds may be ended, and hang up on its node.
        self.formers = []
        self.heard, self.headers = [], f"X-Tenant: {tag}\r\nX-Forwarded-For: 192.0.2.1\r\n" if tag else ""

    async def open(self, node):
        await self._open(node)
        self.task = asyncio.create_task(self._stay())
        return self

    async def _open(self, node):
        who = f"&t={self.name}" + (f"&r={self.returns}" if self.returns else "") if self.name else ""
        self.socket = await Socket.open(node.port, f"?v={self.version}&route={self.route}{who}", node.host, self.headers)
        self.returns += 1
        self.id = json.loads(await self.socket.message()).get("connectionId")
        self.node = node

    async def _stay(self):
        while not self.is_gone:
            try:
                while True:
                    self.heard.append(json.loads(await self.socket.message()))
            except (OSError, asyncio.IncompleteReadError, ConnectionError):
                self.socket.close()
            self.node, left = None, time.monotonic()
            while not self.is_gone and self.node is None:
                await asyncio.sleep(random.uniform(0.1, 2) if self.name else 5 + random.uniform(0, 0.12))
                takers = self.cluster.takers
                if not takers:
                    continue
                node = random.choice(takers)
                try:
                    await self._open(node)
                    self.away = max(self.away, time.monotonic() - left)
                except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, ConnectionError):
                    pass

    async def roam(self, node):
        """Comes to another node, as a phone does in another network: nobody tells the former one, which is still open.
        A task that ends when the former connection is hung up on, and says after how many seconds that was."""
        self.task.cancel()
        former, begin = self.socket, time.monotonic()

        async def until_end():
            try:
                while True:
                    await former.message()
            except (OSError, asyncio.IncompleteReadError, ConnectionError):
                former.close()
            return time.monotonic() - begin

        await self.open(node)
        self.formers.append(asyncio.create_task(until_end()))
        return self.formers[-1]

    def close(self):
        self.is_gone, self.node = True, None
        self.task.cancel()
        self.socket.close()
