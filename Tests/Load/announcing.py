"""Announces releases to an open crowd and tells what that costs: announcing.py PORT INTERNAL_PORT PID CONNECTIONS"""

import os
import socket
import sys
import time
import urllib.request

PORT, INTERNAL_PORT, PID, CONNECTIONS = map(int, sys.argv[1:5])
HANDSHAKE = (
    "GET /__skew/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
PING = b"\x81\x84\0\0\0\0ping"
PATIENCE = 60


def metrics():
    """All samples by their name with labels."""
    text = urllib.request.urlopen(f"http://127.0.0.2:{INTERNAL_PORT}/metrics", timeout=10).read().decode()
    samples = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in samples}


def server_cpu():
    """Seconds of CPU of the whole process, from the kernel, to the nanosecond."""
    return time.clock_gettime((~PID << 3) | 2)


def announce(name):
    """Sends the request; the answer is read by the caller."""
    body = f'{{"version":"{name}","rate":0}}'
    connection = socket.create_connection(("127.0.0.1", PORT), timeout=10)
    connection.sendall(
        f"POST /__skew/admin/release HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {os.environ['SKEWWATCH_ADMIN_TOKEN']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
    )
    return connection


def require_ok(connection):
    answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 202"), answer
    connection.close()


def median(values):
    return sorted(values)[len(values) // 2]


class Canary:
    """One more tab that asks for a pong again and again: whoever holds the loop makes it wait."""

    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", PORT), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(HANDSHAKE.encode())
        while b'"connected"' not in self.socket.recv(4096):
            pass

    def waits(self, seconds):
        """Milliseconds from ping to pong, for so long, one ping right after the other: the server must allow so many."""
        waits = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            start = time.monotonic()
            self.socket.sendall(PING)
            answer = b""
            while b'"pong"' not in answer:
                answer += self.socket.recv(4096)
            waits.append((time.monotonic() - start) * 1000)
        return waits


def wait_for_crowd():
    for _ in range(PATIENCE * 5):
        if sum(value for name, value in metrics().items() if name.startswith("skewwatch_connections{")) >= CONNECTIONS:
            time.sleep(1)
            return
        time.sleep(0.2)
    sys.exit(f"{CONNECTIONS} connections did not open in {PATIENCE} seconds")


def cost():
    """Microseconds of CPU per socket, what the server does anyway taken off."""
    start = server_cpu()
    time.sleep(1)
    idle = server_cpu() - start
    start = server_cpu()
    connection = announce("cost")
    time.sleep(1)
    used = server_cpu() - start - idle
    require_ok(connection)
    return used * 1e6 / CONNECTIONS


def latest_bound(before, after):
    """The upper bound in seconds of the loop's worst lateness in between: of the last bucket that got something."""
    prefix = 'skewwatch_loop_lag_seconds_bucket{loop="0",le="'
    grown = [(float(name[len(prefix):-2]), count - before[name]) for name, count in after.items() if name.startswith(prefix)]
    total = max(count for _, count in grown)
    return min(bound for bound, count in grown if count == total)


def lateness(canary, announces):
    """The longest a pong took, and a bound of how late the loop was by its own clock, in milliseconds."""
    before = metrics()
    connections = [announce("lateness")] if announces else []
    slowest = max(canary.waits(0.6))
    for connection in connections:
        require_ok(connection)
    return slowest, latest_bound(before, metrics()) * 1000


wait_for_crowd()
costs = [cost() for _ in range(5)]
canary = Canary()
rows = [("without", [lateness(canary, False) for _ in range(5)]), ("with", [lateness(canary, True) for _ in range(5)])]
print(f"{CONNECTIONS} sockets: {median(costs):.2f} us of CPU each, median of 5 ({min(costs):.2f} to {max(costs):.2f})")
print(f"{'announcement':<14} {'slowest pong ms, median':>24} {'worst':>8} {'loop lag ms, median':>20} {'worst':>8}")
for name, values in rows:
    pongs, lags = zip(*values)
    print(f"{name:<14} {median(pongs):>24.1f} {max(pongs):>8.1f} {median(lags):>20.1f} {max(lags):>8.1f}")
