"""Real servers, a real Redis, a wire between them that can be cut, and tabs that the rig holds itself: it knows the truth."""

import asyncio
import base64
import collections
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

TOKEN = "a-token-of-the-cluster-rig-0123"
ADMIN = "an-admin-token-of-the-rig-01234"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def frame(opcode, payload=b""):
    """A frame as clients send it; its mask is zero."""
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0xFE]) + struct.pack(">H", len(payload))
    return bytes([0x80 | opcode]) + length + bytes(4) + payload


class Socket:
    """A WebSocket of the rig. Answers pings; hands out messages."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port, query=""):
        reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 5)
        key = base64.b64encode(random.randbytes(16)).decode()
        writer.write(
            (
                f"GET /__skew/ws{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
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


class Redis:
    """A redis-server on a free port."""

    def __init__(self, *arguments, port=None):
        self.port, self.arguments = port or free_port(), arguments
        self.folder = tempfile.mkdtemp(prefix="cluster-redis-")
        self.process = None

    async def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", self.folder, *self.arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(200):
            if self.command("PING").startswith("PONG"):
                return self
            await asyncio.sleep(0.02)
        raise RuntimeError("redis-server does not answer")

    def command(self, *words):
        return subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True, timeout=5).stdout

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()

    def remove(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Wire:
    """What lies between one node and Redis. It can be cut (both ends see an end) or go dead (nobody sees anything)."""

    def __init__(self, target):
        self.target, self.port, self.pairs, self.is_dead, self.server = target, None, [], False, None

    async def start(self):
        self.server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def _accept(self, reader, writer):
        if self.is_dead:
            # The packets of a dial are dropped, too: nothing is answered.
            self.pairs.append((writer, writer))
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        self.pairs.append((writer, far_writer))
        try:
            await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))
        except asyncio.CancelledError:
            pass

    async def _copy(self, reader, writer):
        try:
            while data := await reader.read(65536):
                while self.is_dead:
                    await asyncio.sleep(0.05)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.close()

    def cut(self):
        """Ends all connections; new ones are made as before."""
        pairs, self.pairs = self.pairs, []
        for pair in pairs:
            for writer in pair:
                writer.transport.abort()

    def drop(self):
        """From now on nothing passes, and nobody is told."""
        self.is_dead = True

    def heal(self):
        """What was dropped is lost: the old connections are gone."""
        self.is_dead = False
        self.cut()


class Node:
    """One `skewwatch serve`, and an observer that keeps what it shows."""

    def __init__(self, cluster, name, *arguments, wire=None, environment=None):
        self.cluster, self.name, self.arguments, self.wire = cluster, name, arguments, wire
        self.environment = environment or {}
        self.port, self.internal = free_port(), free_port()
        self.seen, self.samples, self.task, self.process = {}, [], None, None
        self.log = pathlib.Path(cluster.folder) / f"{name}-{self.port}.log"

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    async def start(self, is_ready=True):
        url = self.cluster.url(self.wire)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *self.cluster.prefix, self.cluster.binary, "serve", "--host", "127.0.0.1", "--port", str(self.port), "--internal-port", str(self.internal),
                    "--loops", "1", "--node-id", self.name, "--stats-token", TOKEN, "--admin-token", ADMIN, "--redis-url", url,
                    "--route-tracking", "--max-connections-per-ip", "off", "--max-new-connections-per-second", "off", *self.arguments,
                ],
                stdout=subprocess.DEVNULL,
                stderr=log,
                env={"PATH": os.environ["PATH"], **self.environment},
            )  # fmt: skip
        self.started = time.monotonic()
        for _ in range(400):
            if await self.probe("/live") == 200:
                break
            await asyncio.sleep(0.02)
        self.task = asyncio.create_task(self._watch())
        if is_ready:
            await self.ready()
        return self

    async def ready(self, within=40):
        deadline = time.monotonic() + within
        while await self.probe("/ready") != 200:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} is not ready: {self.log.read_text()[-2000:]}")
            await asyncio.sleep(0.02)

    async def probe(self, path):
        try:
            return (await self.get(path, self.internal))[0]
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
            return None

    async def get(self, path, port=None, method="GET", body=None, token=TOKEN, within=5):
        reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port or self.port), within)
        try:
            data = json.dumps(body).encode() if body is not None else b""
            head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            if body is not None:
                head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
            writer.write(head.encode() + b"\r\n" + data)
            answer = await asyncio.wait_for(reader.read(), within)
        finally:
            writer.close()
        head, _, content = answer.partition(b"\r\n\r\n")
        if not head:
            raise asyncio.IncompleteReadError(answer, None)
        return int(head.split(b" ")[1]), content.decode()

    async def metric(self, name):
        _, text = await self.get("/metrics", self.internal)
        for line in text.splitlines():
            if line.startswith(f"skewwatch_{name} "):
                return float(line.rsplit(" ", 1)[1])
        return None

    async def _watch(self):
        """Follows the deltas of this node, as its dashboard would."""
        while True:
            try:
                socket_ = await Socket.open(self.port, "?observer=1")
                await socket_.message()
                socket_.send(json.dumps({"type": "subscribe-stats", "mode": "delta", "token": TOKEN}))
                state = {}
                while True:
                    message = json.loads(await socket_.message())
                    if message["type"] == "stats":
                        state = {"versions": message["versions"], "routes": message.get("routes", {})}
                        self.rows = {row["id"]: row for row in message.get("connections", [])}
                    elif message["type"] == "stats-delta":
                        if message["seq"] != state["seq"] + 1:
                            self.cluster.fault(f"{self.name}: a gap, {state['seq']} then {message['seq']}")
                        for key in ("versions", "routes"):
                            for name, count in message.get(key, {}).items():
                                if count is None:
                                    state[key].pop(name, None)
                                else:
                                    state[key][name] = count
                        for row in message.get("opened", []) + message.get("changed", []):
                            self.rows[row["id"]] = row
                        for row in message.get("closed", []):
                            self.rows.pop(row, None)
                    else:
                        continue
                    state["seq"] = message["seq"]
                    self.seen = {
                        "total": message["total"], "versions": dict(state["versions"]), "routes": dict(state["routes"]),
                        "partial": message.get("partial", []), "nodes": message.get("nodes", {}), "returning": message.get("returning", 0),
                    }  # fmt: skip
                    if min(list(state["versions"].values()) + list(state["routes"].values()) + [message["total"]]) < 0:
                        self.cluster.fault(f"{self.name}: a negative count: {message}")
                    if sum(state["versions"].values()) != message["total"]:
                        self.cluster.fault(f"{self.name}: versions {state['versions']} do not add up to {message['total']}")
                    self.samples.append((time.monotonic(), self.seen))
            except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, ConnectionError):
                await asyncio.sleep(0.1)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """As a crash does."""
        if self.is_running:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
        if self.task:
            self.task.cancel()

    async def end(self):
        """Ends it as a supervisor does, and waits for it."""
        self.signal(signal.SIGTERM)
        while self.process.poll() is None:
            await asyncio.sleep(0.02)
        self.task.cancel()

    def rss(self):
        """In MB."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0

    def ticks(self):
        """Processor time so far, in hundredths of a second."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def lines(self, text):
        return [line for line in self.log.read_text().splitlines() if text in line]


class Tab:
    """Somebody's open tab, which comes back as the stock client does: five seconds after whatever happened."""

    def __init__(self, cluster, version, route):
        self.cluster, self.version, self.route = cluster, version, route
        self.node, self.socket, self.is_gone, self.task = None, None, False, None
        self.heard = []

    async def open(self, node):
        self.socket = await Socket.open(node.port, f"?v={self.version}&route={self.route}")
        self.node = node
        await self.socket.message()
        self.task = asyncio.create_task(self._stay())
        return self

    async def _stay(self):
        while not self.is_gone:
            try:
                while True:
                    self.heard.append(json.loads(await self.socket.message()))
            except (OSError, asyncio.IncompleteReadError, ConnectionError):
                self.socket.close()
            self.node = None
            while not self.is_gone and self.node is None:
                await asyncio.sleep(5 + random.uniform(0, 0.12))
                takers = self.cluster.takers
                if not takers:
                    continue
                node = random.choice(takers)
                try:
                    self.socket = await Socket.open(node.port, f"?v={self.version}&route={self.route}")
                    await self.socket.message()
                    self.node = node
                except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError, ConnectionError):
                    pass

    def close(self):
        self.is_gone, self.node = True, None
        self.task.cancel()
        self.socket.close()


class Cluster:
    """Everything of one row of the failure table."""

    def __init__(self, binary, *, prefix=()):
        self.binary, self.prefix, self.folder = binary, list(prefix), tempfile.mkdtemp(prefix="cluster-")
        self.redis, self.nodes, self.tabs, self.faults, self.wires, self.others = None, [], [], [], [], []
        self.options = ""
        self.begin = time.monotonic()

    def fault(self, text):
        if len(self.faults) < 20:
            self.faults.append(text)

    def url(self, wire=None):
        return f"redis://{self.options}127.0.0.1:{wire.port if wire else self.redis.port}"

    async def start(self, count=3, *arguments, redis=(), wires=False):
        self.redis = await Redis(*redis).start()
        for number in range(count):
            wire = await self.wire() if wires else None
            self.nodes.append(Node(self, f"n{number + 1}", *arguments, wire=wire))
        await asyncio.gather(*(node.start() for node in self.nodes))
        await self.until(lambda: all(node.seen.get("nodes", {}).get("up") == count and not node.seen["partial"] for node in self.nodes), 10)
        return self.nodes

    async def wire(self, target=None):
        self.wires.append(await Wire(target or self.redis.port).start())
        return self.wires[-1]

    async def add(self, name, *arguments, is_ready=True, wire=None, environment=None):
        node = Node(self, name, *arguments, wire=wire, environment=environment)
        self.nodes.append(node)
        return await node.start(is_ready)

    @property
    def takers(self):
        return [node for node in self.nodes if getattr(node, "takes", True) and node.is_running]

    async def populate(self, count, nodes=None):
        nodes = nodes or self.nodes
        for start in range(0, count, 100):
            tabs = [Tab(self, f"v{n % 3}", f"/r{n % 7}") for n in range(start, min(count, start + 100))]
            await asyncio.gather(*(tab.open(nodes[(start + n) % len(nodes)]) for n, tab in enumerate(tabs)))
            self.tabs += tabs

    def truth(self, nodes=None):
        """The recount: what the rig's own tabs are, on these nodes."""
        open_ = [tab for tab in self.tabs if tab.node is not None and (nodes is None or tab.node in nodes)]
        return {
            "total": len(open_),
            "versions": dict(collections.Counter(tab.version for tab in open_)),
            "routes": dict(collections.Counter(tab.route for tab in open_)),
        }

    def shows(self, node, truth):
        return all(node.seen.get(key) == truth[key] for key in truth)

    async def until(self, condition, within, what="it"):
        """Waits until it is so, and says after how many seconds it was; a fault if it was not in time."""
        begin = time.monotonic()
        while not condition():
            if time.monotonic() - begin > within:
                self.fault(f"{what} did not come within {within} s")
                return None
            await asyncio.sleep(0.01)
        return round(time.monotonic() - begin, 2)

    async def whole(self, nodes, within, what="whole and right"):
        """All of these nodes show the recount of the living, and say that it is whole."""
        living = [node for node in self.nodes if node.is_running]
        moment = await self.until(lambda: all(self.shows(node, self.truth(living)) and not node.seen["partial"] for node in nodes), within, what)
        if moment is None:
            for node in nodes:
                self.fault(f"{node.name} shows {node.seen}; the truth is {self.truth(living)}")
        return moment

    def first(self, node, since, condition):
        """How many seconds after that moment the node first showed it; None where it did not."""
        return next((round(moment - since, 2) for moment, seen in node.samples if moment >= since and condition(seen)), None)

    async def stop(self):
        for tab in self.tabs:
            if tab.task:
                tab.task.cancel()
            if tab.socket:
                tab.socket.close()
        for node in self.nodes:
            node.kill()
        for other in self.others:
            other.remove()
        if self.redis:
            self.redis.remove()
        for wire in self.wires:
            wire.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)
