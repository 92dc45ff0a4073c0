#!/usr/bin/env python3
"""Sees alerts of Docker/examples/prometheus fire in a real Prometheus that scrapes a real server, and end again.

Usage: alerts.py --binary .build/debug/skewwatch. Needs prometheus and redis-server. The shipped file is what is loaded, with its times made
short: an hour is 6 s, a day 8 s, other spans 10 s, and `for` is one second. A node that says wrong digests is played by the cluster's rig.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import os
import pathlib
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/System/cluster"))
from fake import FakeNode  # noqa: E402

RULES = ROOT / "Docker/examples/prometheus/skewwatch.rules.yaml"
ADMIN, STATS = "an-admin-token", "a-stats-token"


def short(text):
    """The rules with short times."""
    ranges = {"1h": "6s", "15m": "60s"}
    text = re.sub(r"\[(\d+[mh])\]", lambda found: f"[{ranges.get(found[1], '10s')}]", text)
    text = re.sub(r"offset (\d+[mh])", lambda found: f"offset {ranges.get(found[1], '10s')}", text)
    text = re.sub(r"for: \d+[mh]", "for: 1s", text)
    for long, brief in (("24 * 3600", "8"), ("> 3600", "> 6"), ("> 600", "> 4")):
        assert long in text, long
        text = text.replace(long, brief)
    return text


def free_port():
    """One that nobody listens on, and that the kernel gives to no connection and no listener before it is taken: those are from 32768 on."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def until(what, holds, seconds=60):
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            if holds():
                return
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.1)


class Tab:
    """A WebSocket that is open and says nothing."""

    def __init__(self, port, version, route="/", receive_buffer=None):
        self.socket = socket.socket()
        self.socket.settimeout(10)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /__skew/ws?v={version}&route={route} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
        self.heard = b""
        while b'"connected"' not in self.heard:
            more = self.socket.recv(4096)
            if not more:
                raise ConnectionError(self.heard)
            self.heard += more

    def send(self, text):
        self.socket.sendall(struct.pack("!BB4x", 0x81, 0x80 | len(text)) + text.encode())

    def leave(self):
        self.socket.sendall(b"\x88\x82\0\0\0\0\x03\xe9")
        self.socket.close()

    def crash(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class Rig:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.port, self.internal, self.redis, self.prometheus = (free_port() for _ in range(4))
        self.processes = []
        self.server = None
        self.seen = set()

    def spawn(self, *command, **options):
        with open(self.folder / "log", "a") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, **options)
        self.processes.append(process)
        return process

    def start(self, *flags, port=None, internal=None):
        environment = {**os.environ, "SKEWWATCH_ADMIN_TOKEN": ADMIN, "SKEWWATCH_STATS_TOKEN": STATS}
        server = self.spawn(
            self.binary, "serve", "--host", "127.0.0.1", "--port", str(port or self.port), "--internal-host", "127.0.0.1", "--internal-port",
            str(internal or self.internal), "--loops", "1", "--drain-timeout", "0s", "--release", "v1", *flags, env=environment)
        until("the server listens", lambda: socket.create_connection(("127.0.0.1", port or self.port), timeout=1).close() is None)
        return server

    def end(self, process):
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(60)

    def watch(self):
        (self.folder / "rules.yaml").write_text(short(RULES.read_text()))
        (self.folder / "prometheus.yaml").write_text(json.dumps({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [str(self.folder / "rules.yaml")],
            "scrape_configs": [{"job_name": "skewwatch", "static_configs": [{"targets": [f"127.0.0.1:{self.internal}"]}]}],
        }))
        self.spawn(
            "prometheus", f"--config.file={self.folder}/prometheus.yaml", f"--storage.tsdb.path={self.folder}/tsdb",
            f"--web.listen-address=127.0.0.1:{self.prometheus}")
        until("Prometheus has loaded the rules", lambda: "groups" in self.ask("rules"))

    def ask(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.prometheus}/api/v1/{path}", timeout=10) as answer:
            return json.load(answer)["data"]

    def firing(self):
        return {alert["labels"]["alertname"]: alert for alert in self.ask("alerts")["alerts"] if alert["state"] == "firing"}

    def fires(self, name, seconds=60):
        until(f"{name} fires; what does: {sorted(self.firing())}", lambda: name in self.firing(), seconds)
        self.seen.add(name)
        print(f"fires   {name:<30} {self.firing().get(name, {}).get('annotations', {}).get('summary', '')}", flush=True)

    def ends(self, name, seconds=90):
        until(f"{name} ends", lambda: name not in self.firing(), seconds)
        print(f"ends    {name}", flush=True)

    def announce(self, version):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/__skew/admin/release", json.dumps({"version": version}).encode(),
            {"authorization": f"Bearer {ADMIN}", "content-type": "application/json"})
        urllib.request.urlopen(request, timeout=10).close()


def rollout(rig):
    """The three about rollouts, with a webhook that nobody takes."""
    old = [Tab(rig.port, "v1") for _ in range(5)]
    time.sleep(2)
    assert not {"SkewWatchNobodyOnRelease", "SkewWatchRolloutStalled", "SkewWatchOldTabs"} & set(rig.firing())
    rig.announce("v2")
    rig.fires("SkewWatchNobodyOnRelease")
    rig.fires("SkewWatchWebhooksWait")
    new = Tab(rig.port, "v2")
    rig.ends("SkewWatchNobodyOnRelease")
    rig.fires("SkewWatchRolloutStalled")
    rig.fires("SkewWatchOldTabs")
    # One leaves: it moves again, and is old all the same.
    old.pop().leave()
    rig.ends("SkewWatchRolloutStalled")
    assert "SkewWatchOldTabs" in rig.firing()
    for tab in old:
        tab.leave()
    rig.ends("SkewWatchOldTabs")
    new.leave()


def dashboard(rig):
    """Grafana's queries, asked of the Prometheus that has all this: each has figures."""
    board = json.loads((ROOT / "Docker/examples/grafana/skewwatch.json").read_text())
    queries = [each["expr"] for panel in board["panels"] for each in panel.get("targets", [])] + [each["expr"] for each in board["annotations"]["list"]]
    empty = []
    for query in queries:
        query = query.replace("$__rate_interval", "90s").replace("$job", "skewwatch")
        if not rig.ask("query?" + urllib.parse.urlencode({"query": query}))["result"]:
            empty.append(query)
    # This server asks no app who may watch, and is alone.
    unexpected = [query for query in empty if "skewwatch_app_call" not in query and "skewwatch_cluster" not in query]
    assert not unexpected, unexpected
    print(f"grafana: {len(queries) - len(empty)} of {len(queries)} queries have figures", flush=True)


def limits(rig):
    """Of 1,300 connections: too many, refused ones, silent ones, and a crowd that is cut off."""
    tabs = [Tab(rig.port, "v2") for _ in range(100)]
    time.sleep(12)
    for tab in tabs:
        tab.crash()
    rig.fires("SkewWatchMassDisconnect")
    silent = []
    def hold():
        """Half a request each; those that were hung up on come anew."""
        for half in silent[:]:
            with contextlib.suppress(BlockingIOError):
                try:
                    half.setblocking(False)
                    gone = half.recv(1) == b""
                except ConnectionError:
                    gone = True
                if gone:
                    half.close()
                    silent.remove(half)
        while len(silent) < 1250:
            half = socket.create_connection(("127.0.0.1", rig.port), timeout=10)
            half.sendall(b"GET /__skew/ws HTTP/1.1\r\n")
            silent.append(half)
    def both():
        hold()
        return {"SkewWatchHandshakesPending", "SkewWatchNearConnectionLimit"} <= set(rig.firing())
    until("SkewWatchHandshakesPending fires", both)
    rig.fires("SkewWatchHandshakesPending")
    rig.fires("SkewWatchNearConnectionLimit")
    def refused():
        hold()
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                silent.append(socket.create_connection(("127.0.0.1", rig.port), timeout=10))
                silent[-1].sendall(b"GET /__skew/ws HTTP/1.1\r\n")
        return "SkewWatchRefuses" in rig.firing()
    until("SkewWatchRefuses fires", refused)
    rig.fires("SkewWatchRefuses")
    for half in silent:
        half.close()
    rig.ends("SkewWatchNearConnectionLimit")


def guesses(rig):
    tab = Tab(rig.port, "v2")
    tab.send('{"type":"nonsense"}')
    def denied():
        time.sleep(0.4)  # a tab may send 20 messages a second
        for _ in range(4):
            tab.send('{"type":"subscribe-stats"}')
        return "SkewWatchAuthorizationsDenied" in rig.firing()
    until("SkewWatchAuthorizationsDenied fires", denied)
    rig.fires("SkewWatchAuthorizationsDenied")
    tab.leave()


def slow(rig):
    """Subscribers of the whole list that stop to read, while tabs come and go."""
    crowd = [Tab(rig.port, "v2", f"/a-page-with-a-name-of-some-length/{place}") for place in range(400)]
    deaf = [Tab(rig.port, "v2", receive_buffer=4096) for _ in range(8)]
    for tab in deaf:
        tab.send(f'{{"type":"subscribe-stats","token":"{STATS}","mode":"snapshot"}}')
    def fires():
        crowd.pop(0).leave()
        crowd.append(Tab(rig.port, "v2", "/a-page-that-is-new"))
        return "SkewWatchSlowSubscribers" in rig.firing()
    until("SkewWatchSlowSubscribers fires", fires, 90)
    rig.fires("SkewWatchSlowSubscribers")
    for tab in crowd + deaf:
        tab.socket.close()


def hangs(rig):
    """A loop that gets CPU only now and then."""
    def starved():
        rig.server.send_signal(signal.SIGSTOP)
        time.sleep(1.2)
        rig.server.send_signal(signal.SIGCONT)
        time.sleep(0.3)
        return "SkewWatchLoopLag" in rig.firing()
    until("SkewWatchLoopLag fires", starved)
    rig.fires("SkewWatchLoopLag")


def restarts(rig, flags):
    for _ in range(4):
        rig.server.kill()
        rig.server.wait(60)
        rig.server = rig.start(*flags)
        time.sleep(2.5)
    rig.fires("SkewWatchRestarts")


class LyingNode(FakeNode):
    """Its heartbeats say the digest of other counts than it told."""

    def heartbeat(self):
        told = self.counts
        self.counts = {name: count + 1 for name, count in told.items()}
        try:
            return super().heartbeat()
        finally:
            self.counts = told


@contextlib.contextmanager
def lying_node(redis):
    ended = threading.Event()

    async def live():
        node = await LyingNode(redis, "liar", {"v1": 3}).start()
        while not ended.is_set():
            await asyncio.sleep(0.1)
        node.stop()

    thread = threading.Thread(target=asyncio.run, args=(live(),))
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def cluster(rig, flags):
    """A node that says wrong digests; a stranger in the same Redis; then no Redis."""
    redis = rig.spawn("redis-server", "--port", str(rig.redis), "--save", "", "--bind", "127.0.0.1")
    until("Redis listens", lambda: socket.create_connection(("127.0.0.1", rig.redis), timeout=1).close() is None)
    url = ["--redis-url", f"redis://127.0.0.1:{rig.redis}"]
    rig.end(rig.server)
    rig.server = rig.start(*flags, *url, "--node-id", "a")
    with lying_node(rig.redis):
        rig.fires("SkewWatchClusterDigest", 90)
    rig.end(rig.server)
    rig.server = rig.start(*flags, *url, "--cluster-secret", "one-secret-of-a-cluster-that-is-long", "--node-id", "a")
    stranger = rig.start(*url, "--cluster-secret", "another-secret-that-is-as-long-as-it", "--node-id", "b", port=free_port(), internal=free_port())
    rig.fires("SkewWatchClusterRejects", 120)
    rig.end(stranger)
    rig.end(redis)
    rig.fires("SkewWatchClusterPartial", 120)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    binary = os.path.abspath(parser.parse_args().binary)
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(binary, pathlib.Path(folder))
        # Nobody listens where webhooks go.
        flags = ["--max-connections", "1300", "--max-connections-per-ip", "off", "--max-new-connections-per-second", "off",
                 "--webhook-url", f"http://127.0.0.1:{free_port()}/", "--webhook-secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
        try:
            rig.server = rig.start(*flags)
            rig.watch()
            rollout(rig)
            limits(rig)
            guesses(rig)
            dashboard(rig)
            slow(rig)
            hangs(rig)
            restarts(rig, flags)
            cluster(rig, flags)
            rig.end(rig.server)
            rig.fires("SkewWatchDown")
            shipped = set(re.findall(r"- alert: (\w+)", RULES.read_text()))
            assert rig.seen == shipped, f"not seen: {sorted(shipped - rig.seen)}"
        except BaseException:
            sys.stderr.write((rig.folder / "log").read_text()[-3000:])
            raise
        finally:
            for process in rig.processes:
                if process.poll() is None:
                    process.send_signal(signal.SIGCONT)
                    process.terminate()
                    process.wait(60)
    print(f"All {len(rig.seen)} alerts were seen firing.")


if __name__ == "__main__":
    main()
