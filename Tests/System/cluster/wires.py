"""Redis, and wires between it and nodes that can be cut."""

import asyncio
import contextlib
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile


given = set()


def free_port(below=32_000):
    """One that nobody listens on, and that the kernel gives to no connection and no listener before it is taken: those are from 32768 on.
    No other row is given it."""
    while True:
        port = random.randrange(10_000, below)
        if port in given:
            continue
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            # A Redis Cluster takes the port ten thousand above, too.
            given.update((port, port + 10_000) if below <= 22_000 else (port,))
            return port


class Redis:
    """A redis-server on a free port."""

    def __init__(self, *arguments, port=None):
        self.port, self.arguments = port or free_port(22_000), arguments
        self.folder = tempfile.mkdtemp(prefix="cluster-redis-")
        self.process = None

    async def start(self, settings=None):
        """With settings in a file where it needs one, as a sentinel does."""
        place = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", self.folder]
        if settings:
            place = [f"{self.folder}/settings"]
            pathlib.Path(place[0]).write_text(settings)
        self.process = subprocess.Popen(
            ["redis-server", *place, *self.arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(200):
            # One with a password says that it wants it.
            if self.command("PING").startswith(("PONG", "NOAUTH")):
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


class Pair:
    """A connection of a node and its other half to Redis."""

    def __init__(self, writer, far=None):
        self.writers, self.is_dead, self.kind = [writer] + ([far] if far else []), False, "publish"

    def abort(self):
        for writer in self.writers:
            writer.transport.abort()


class Wire:
    """What lies between one node and Redis. It can be cut (both ends see an end) or go dead (nobody sees anything)."""

    def __init__(self, target, host="127.0.0.1"):
        self.target, self.host, self.port, self.pairs, self.is_dead, self.server = target, host, None, [], False, None
        # In seconds, each way.
        self.delay = 0

    async def start(self):
        self.server = await asyncio.start_server(self._accept, self.host, 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def _accept(self, reader, writer):
        if self.is_dead:
            # The packets of a dial are dropped, too: nothing is answered.
            self.pairs.append(Pair(writer))
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        pair = Pair(writer, far_writer)
        self.pairs.append(pair)
        try:
            await asyncio.gather(self._copy(pair, reader, far_writer), self._copy(pair, far_reader, writer))
        except asyncio.CancelledError:
            pass

    async def _copy(self, pair, reader, writer):
        try:
            while data := await reader.read(65536):
                if b"SUBSCRIBE" in data:
                    pair.kind = "subscribe"
                while self.is_dead or pair.is_dead:
                    await asyncio.sleep(0.05)
                if self.delay:
                    # A long way keeps the order, and holds up nothing behind.
                    asyncio.get_running_loop().call_later(self.delay, writer.write, data)
                    continue
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.close()

    def cut(self):
        """Ends all connections; new ones are made as before."""
        pairs, self.pairs = self.pairs, []
        for pair in pairs:
            pair.abort()

    def drop(self, kind=None):
        """From now on nothing passes, and nobody is told; of one kind of connection those that there are, new ones pass."""
        self.is_dead = kind is None
        for pair in self.pairs:
            pair.is_dead = kind in (None, pair.kind)

    def bury(self):
        """What was dropped is gone at both ends; until then Redis counts a subscriber that nobody hears."""
        for pair in [pair for pair in self.pairs if pair.is_dead]:
            pair.abort()
            self.pairs.remove(pair)

    def heal(self):
        """What was dropped is lost: the old connections are gone."""
        self.is_dead = False
        self.cut()
