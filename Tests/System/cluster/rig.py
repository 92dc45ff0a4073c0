"""Real servers, a real Redis, a wire between them that can be cut, and tabs that the rig holds itself: it knows the truth."""

import asyncio
import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from clients import Socket, Tab
from wires import Redis, Wire, free_port

TOKEN = "a-token-of-the-cluster-rig-0123"
ADMIN = "an-admin-token-of-the-rig-01234"


class Node:
    """One `skewwatch serve`, and an observer that keeps what it shows."""

    def __init__(self, cluster, name, *arguments, wire=None, environment=None, url=None, host="127.0.0.1", prefix=()):
        self.cluster, self.name, self.arguments, self.wire = cluster, name, arguments, wire
        self.environment, self.url, self.host, self.prefix = environment or {}, url, host, list(prefix)
        self.port, self.internal = free_port(), free_port()
        self.seen, self.samples, self.task, self.process, self.rows, self.closings = {}, [], None, None, {}, []
        self.log = pathlib.Path(cluster.folder) / f"{name}-{self.port}.log"

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    async def start(self, is_ready=True):
        url = self.url or self.cluster.url(self.wire)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *self.prefix, self.cluster.binary, "serve", "--host", self.host, "--port", str(self.port), "--internal-port", str(self.internal),
                    "--loops", "1", "--node-id", self.name, "--stats-token", TOKEN, "--admin-token", ADMIN, "--redis-url", url,
                    *([] if self.host == "127.0.0.1" else ["--internal-host", self.host, "--internal-names", self.host]), "--route-tracking", "--max-connections-per-ip", "off", "--max-new-connections-per-second", "off", *self.arguments,
                ],
                stdout=subprocess.DEVNULL,
                stderr=log,
                env={"PATH": os.environ["PATH"], **self.environment},
                # What a prefix starts ends with it.
                start_new_session=True,
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
        reader, writer = await asyncio.wait_for(asyncio.open_connection(self.host, port or self.port), within)
        try:
            data = json.dumps(body).encode() if body is not None else b""
            head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {token}\r\n"
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
        return (await self.metrics()).get(name)

    async def metrics(self):
        _, text = await self.get("/metrics", self.internal)
        lines = [line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("skewwatch_")]
        return {name.removeprefix("skewwatch_"): float(value) for name, value in lines}

    async def published(self):
        """Bytes so far, by section."""
        metrics = await self.metrics()
        return {section: metrics[f'cluster_published_bytes_total{{section="{section}"}}'] for section in ("summary", "routes", "rows", "control")}

    async def _watch(self):
        """Follows the deltas of this node, as its dashboard would."""
        while True:
            try:
                socket_ = await Socket.open(self.port, "?observer=1", self.host)
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
                        if message.get("closed"):
                            self.closings.append((time.monotonic(), message["closed"]))
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
            os.killpg(self.process.pid, signal.SIGCONT)
            os.killpg(self.process.pid, signal.SIGKILL)
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


class Cluster:
    """Everything of one row of the failure table."""

    def __init__(self, binary):
        self.binary, self.folder = binary, tempfile.mkdtemp(prefix="cluster-")
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

    async def standing(self, count, tabs, *arguments, **options):
        """So many nodes with so many tabs over them, which all of them show."""
        await self.start(count, *arguments, **options)
        await self.populate(tabs)
        await self.whole(self.nodes, 5)
        return self.nodes

    async def wire(self, target=None):
        self.wires.append(await Wire(target or self.redis.port).start())
        return self.wires[-1]

    async def add(self, name, *arguments, is_ready=True, **options):
        node = Node(self, name, *arguments, **options)
        self.nodes.append(node)
        return await node.start(is_ready)

    @property
    def takers(self):
        return [node for node in self.nodes if getattr(node, "takes", True) and node.is_running]

    async def populate(self, count, nodes=None, is_ours=False):
        nodes = nodes or self.nodes
        for start in range(0, count, 100):
            tabs = [Tab(self, f"v{n % 3}", f"/r{n % 7}", is_ours) for n in range(start, min(count, start + 100))]
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
