#!/usr/bin/env python3
"""Restarts SkewWatch under many clients of the stock kind, and checks that none is lost for good.

An old process serves them; a new one starts beside it on the same port; the old one gets SIGTERM and drains. The clients do what the
stock clients do: a WebSocket comes back a fixed 5 s after any close, ten times; an event stream comes back after the `retry` it was told
when its connection ends, and never after an HTTP error. A subscriber of the new process watches the total come back.

Usage: Tests/System/restart.py [--clients 10000] [--streams 500] [--drain 10] [--binary .build/release/skewwatch]
"""

import argparse
import base64
import collections
import heapq
import json
import os
import re
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import time

RETRY_OF_STOCK_SOCKET = 5.0
TRIES_OF_STOCK_SOCKET = 10
# Clients that are connecting at the very moment of the SIGTERM.
LATE = 200
TOKEN = "restart-test"
KEY = base64.b64encode(b"0123456789abcdef").decode()


def frame(opcode, payload):
    """A frame as clients send it; its mask is zero."""
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0xFE]) + struct.pack(">H", len(payload))
    return bytes([0x80 | opcode]) + length + bytes(4) + payload


class Client:
    """One tab: connects, stays, and comes back by the rules of the stock client."""

    def __init__(self, crowd, number, is_stream):
        self.crowd, self.number, self.is_stream = crowd, number, is_stream
        self.socket = None
        self.is_open = self.is_lost = False
        self.failures = 0
        self.retry = 3.0
        self.left_at = None
        self.arrivals = 0

    def connect(self):
        self.buffer = b""
        self.close_code = None
        self.socket = socket.socket()
        self.socket.setblocking(False)
        # One address has 28,000 ports, and a port rests for a minute after its connection was closed.
        self.socket.bind((f"127.0.1.{1 + self.number % 8}", 0))
        self.socket.connect_ex(("127.0.0.1", self.crowd.port))
        self.crowd.watch(self, select.EPOLLOUT)

    def writable(self):
        if self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            return self.ended("refused")
        upgrade = f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n"
        path = "/__skew/sse" if self.is_stream else "/__skew/ws"
        head = f"GET {path}?v=1&route=/{self.number % 50} HTTP/1.1\r\nHost: localhost\r\n{'' if self.is_stream else upgrade}\r\n"
        try:
            self.socket.send(head.encode())
        except OSError:
            return self.ended("reset")
        self.crowd.watch(self, select.EPOLLIN)

    def readable(self):
        try:
            data = self.socket.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            if self.is_open:
                return self.ended(f"close {self.close_code or 'without a code'}" if not self.is_stream else "end of stream")
            return self.ended("hung up on")
        self.buffer += data
        if not self.is_open and not self.read_head():
            return
        if self.is_stream:
            for told in re.findall(rb"retry: ?(\d+)", self.buffer):
                self.retry = int(told) / 1000
            self.buffer = self.buffer[-64:]
        else:
            self.read_frames()

    def read_head(self):
        head, separator, rest = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return False
        status = int(head[9:12])
        if status != (200 if self.is_stream else 101):
            self.crowd.statuses[status] += 1
            # An EventSource does not come back after this.
            if self.is_stream:
                self.is_lost = True
            self.ended(f"status {status}")
            return False
        self.buffer = rest
        self.is_open = True
        self.failures = 0
        self.arrivals += 1
        self.crowd.arrived(self)
        return True

    def read_frames(self):
        while len(self.buffer) >= 2:
            opcode, length = self.buffer[0] & 15, self.buffer[1] & 127
            start = 2
            if length == 126:
                if len(self.buffer) < 4:
                    return
                length, start = struct.unpack(">H", self.buffer[2:4])[0], 4
            elif length == 127:
                if len(self.buffer) < 10:
                    return
                length, start = struct.unpack(">Q", self.buffer[2:10])[0], 10
            if len(self.buffer) < start + length:
                return
            payload, self.buffer = self.buffer[start : start + length], self.buffer[start + length :]
            self.received(opcode, payload)

    def received(self, opcode, payload):
        try:
            if opcode == 8:
                self.close_code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
                self.socket.send(frame(8, payload[:2]))
            elif opcode == 9:
                self.socket.send(frame(10, payload))
        except OSError:
            pass

    def ended(self, how):
        self.crowd.unwatch(self)
        self.socket.close()
        self.socket = None
        self.crowd.endings[how] += 1
        if self.is_open:
            self.left_at = time.monotonic()
            self.crowd.left(self)
        self.is_open = False
        if self.is_stream:
            delay = self.retry
        else:
            self.failures += 1
            delay = RETRY_OF_STOCK_SOCKET
            self.is_lost = self.failures > TRIES_OF_STOCK_SOCKET
        if not self.is_lost and not self.crowd.is_leaving:
            self.crowd.later(delay, self)


class Watcher(Client):
    """A subscriber: it remembers each total it is told, with the time."""

    def __init__(self, crowd):
        super().__init__(crowd, 0, False)
        self.totals = []

    def received(self, opcode, payload):
        super().received(opcode, payload)
        if opcode != 1:
            return
        message = json.loads(payload)
        if message["type"] == "connected":
            self.socket.send(frame(1, json.dumps({"type": "subscribe-stats", "token": TOKEN, "mode": "summary"}).encode()))
        elif message["type"] == "stats":
            self.totals.append((time.monotonic(), message["total"]))


class Crowd:
    """All clients on one poller, with a clock for those that come back later."""

    def __init__(self, port):
        self.port = port
        self.poller = select.epoll()
        self.clients = {}
        self.due = []
        self.endings = collections.Counter()
        self.statuses = collections.Counter()
        self.arrivals = []
        self.away = []
        self.open = 0
        self.is_leaving = False

    def watch(self, client, events):
        descriptor = client.socket.fileno()
        if descriptor in self.clients:
            self.poller.modify(descriptor, events)
        else:
            self.clients[descriptor] = client
            self.poller.register(descriptor, events)

    def unwatch(self, client):
        del self.clients[client.socket.fileno()]
        self.poller.unregister(client.socket.fileno())

    def later(self, delay, client):
        heapq.heappush(self.due, (time.monotonic() + delay, id(client), client))

    def arrived(self, client):
        self.open += 1
        now = time.monotonic()
        self.arrivals.append(now)
        if client.left_at is not None:
            self.away.append(now - client.left_at)

    def left(self, client):
        self.open -= 1

    def turn(self, timeout=0.05):
        now = time.monotonic()
        while self.due and self.due[0][0] <= now:
            heapq.heappop(self.due)[2].connect()
        if self.due:
            timeout = max(0.0, min(timeout, self.due[0][0] - now))
        for descriptor, events in self.poller.poll(timeout):
            client = self.clients.get(descriptor)
            if client is None:
                continue
            if events & select.EPOLLOUT:
                client.writable()
            elif events & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
                client.readable()

    def until(self, condition, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if condition():
                return True
            self.turn()
        return condition()


class Checks:
    def __init__(self):
        self.faults = 0

    def that(self, what, holds, figure=""):
        print(f"{'ok   ' if holds else 'WRONG'} {what:<66} {figure}", flush=True)
        self.faults += not holds


def serve(binary, port, release, drain, *more):
    environment = dict(os.environ, SKEWWATCH_STATS_TOKEN=TOKEN)
    command = [binary, "serve", "--host", "127.0.0.1", "--port", str(port), "--internal-port", "-1", "--release", release, *more]
    command += ["--drain-timeout", f"{drain}s", "--log-level", "warning"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


def await_listening(process, port):
    """Waits until this very process listens: the port alone would be the other one's as well."""
    wanted = f":{port:04X}"
    for _ in range(200):
        inodes = {line.split()[9] for line in open("/proc/net/tcp").readlines()[1:] if line.split()[1].endswith(wanted) and line.split()[3] == "0A"}
        links = set()
        for descriptor in os.listdir(f"/proc/{process.pid}/fd"):
            try:
                links.add(os.readlink(f"/proc/{process.pid}/fd/{descriptor}"))
            except OSError:
                pass
        if any(f"socket:[{inode}]" in links for inode in inodes):
            return
        time.sleep(0.05)
    raise SystemExit("The server does not listen after 10 s.")


def descriptors(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def busiest_second(times):
    return max(collections.Counter(int(moment) for moment in times).values(), default=0)


def probe_during_drain(port, results):
    """Asks like a client that comes just now; what counts is that no answer is a 5xx."""
    for path in ("/__skew/ws", "/__skew/sse"):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                upgrade = f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n"
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{upgrade if path.endswith('ws') else ''}\r\n".encode())
                answer = connection.recv(64)
                results[f"{answer[9:12].decode()} on {path}" if answer else f"hung up on {path}"] += 1
        except OSError as error:
            results[f"{type(error).__name__} on {path}"] += 1


def restart(options, checks):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    total = options.clients
    old = serve(options.binary, port, "old", options.drain)
    await_listening(old, port)
    idle = descriptors(old)
    crowd = Crowd(port)
    crowd_clients = [Client(crowd, number, number < options.streams) for number in range(total)]
    for start in range(0, total, 500):
        for client in crowd_clients[start : start + 500]:
            client.connect()
        crowd.until(lambda: crowd.open >= min(start + 500, total), 20)
    checks.that("clients of the old process", crowd.open == total, f"{crowd.open} ({options.streams} of them event streams)")

    new = serve(options.binary, port, "new", options.drain, "--takeover")
    await_listening(new, port)
    fresh = descriptors(new)
    crowd.arrivals.clear()
    began = time.monotonic()
    # These are in the kernel's backlogs when the old process stops accepting.
    late = [Client(crowd, number, number % 2 == 0) for number in range(LATE)]
    for client in late:
        client.connect()
    old.send_signal(signal.SIGTERM)
    crowd.until(lambda: False, 0.3)
    watcher = Watcher(crowd)
    watcher.connect()
    probes = collections.Counter()
    while old.poll() is None and time.monotonic() - began < options.drain + 10:
        crowd.until(lambda: old.poll() is not None, 0.02)
        probe_during_drain(port, probes)
    drained = time.monotonic() - began
    checks.that("exit status of the old process", old.poll() == 0, str(old.poll()))
    checks.that("it ended within its drain time and 3 s", drained < options.drain + 3, f"{drained:.1f} s")
    everybody = total + LATE + 1
    crowd.until(lambda: watcher.totals and watcher.totals[-1][1] == everybody, 30)
    came_back = time.monotonic() - began
    lost = [client for client in crowd_clients + late if client.is_lost or not client.is_open]
    checks.that("clients lost for good", not lost, str(len(lost)))
    checks.that("clients that came back once", sum(client.arrivals == 2 for client in crowd_clients) == total, f"{sum(client.arrivals == 2 for client in crowd_clients)}")
    checks.that(
        "the new process' subscriber sees all of them, and itself", bool(watcher.totals) and watcher.totals[-1][1] == everybody,
        f"{watcher.totals[-1][1] if watcher.totals else 'nothing'}, {came_back:.1f} s after SIGTERM")
    others = set(crowd.endings) - {"close 1012", "end of stream", "hung up on", "refused", "reset"}
    checks.that("WebSockets were closed with 1012", not others and crowd.endings["close 1012"] >= total - options.streams, str(dict(crowd.endings)))
    turned_away = sum(crowd.endings[how] for how in ("hung up on", "refused", "reset"))
    checks.that("those in the backlog were served or came again", turned_away <= LATE, f"{LATE - turned_away} of {LATE} served at once")
    checks.that("no answer was an error", not crowd.statuses, str(dict(crowd.statuses)))
    checks.that("nor for those who came during the drain", not any(key.startswith("5") for key in probes), str(dict(probes)))
    share = total / max(1, options.drain)
    busiest = busiest_second(crowd.arrivals)
    checks.that("no storm: the busiest second is under twice the average", busiest < 2 * share + options.streams + LATE, f"{busiest} of {total}")
    print(f"      away: median {percentile(crowd.away, 0.5):.2f} s, 99 % {percentile(crowd.away, 0.99):.2f} s, longest {max(crowd.away):.2f} s")

    crowd.is_leaving = True
    for client in [*crowd_clients, *late, watcher]:
        if client.socket is not None:
            client.ended("left")
    deadline = time.monotonic() + 10
    while descriptors(new) > fresh and time.monotonic() < deadline:
        time.sleep(0.1)
    checks.that("descriptors of the new process when all have left", descriptors(new) <= fresh, f"{descriptors(new)}, {idle} when idle")
    children = open(f"/proc/{new.pid}/task/{new.pid}/children").read().split()
    checks.that("child processes and zombies", not children, str(len(children)))
    new.send_signal(signal.SIGTERM)
    checks.that("exit status of the new process", new.wait(15) == 0, str(new.poll()))


def second_signal(options, checks):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = serve(options.binary, port, "stubborn", 60)
    await_listening(server, port)
    crowd = Crowd(port)
    clients = [Client(crowd, number, False) for number in range(1000)]
    for client in clients:
        client.connect()
    crowd.until(lambda: crowd.open == 1000, 10)
    crowd.is_leaving = True
    server.send_signal(signal.SIGTERM)
    crowd.until(lambda: False, 1)
    checks.that("a drain of 10 s is under way after 1 s", server.poll() is None and 0 < crowd.open < 1000, f"{crowd.open} of 1000 left")
    began = time.monotonic()
    server.send_signal(signal.SIGTERM)
    status = server.wait(5)
    checks.that("a second SIGTERM ends it at once with 143", status == 143, f"{status}, {1000 * (time.monotonic() - began):.0f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=10000)
    parser.add_argument("--streams", type=int, default=500, help="how many of them are event streams")
    parser.add_argument("--drain", type=int, default=10, help="seconds")
    parser.add_argument("--binary", default=os.path.join(os.path.dirname(__file__), "../../.build/release/skewwatch"))
    options = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if options.clients > hard - 1000:
        raise SystemExit(f"The limit of open files, {hard}, does not allow {options.clients} clients.")
    checks = Checks()
    restart(options, checks)
    second_signal(options, checks)
    if checks.faults:
        raise SystemExit(f"{checks.faults} check(s) of the restart failed.")
    print("A restart loses nobody.")


main()
