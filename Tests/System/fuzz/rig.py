"""A server under attack, an innocent bystander on it, and what the rig itself holds open."""

import contextlib
import json
import os
import re
import socket
import ssl
import subprocess
import tempfile
import threading
import time

import inputs
import reference

PATIENCE = 10


class Server:
    def __init__(self, binary, is_tls=False):
        self.log = tempfile.TemporaryFile("w+")
        self.tls = Certificate() if is_tls else None
        self.process = subprocess.Popen(
            [binary, "serve", "--host", "127.0.0.1", "--port", "0", "--internal-port", "-1", "--loops", "2", "--route-tracking", "true",
             "--release", "fuzz", "--drain-timeout", "0s", "--max-messages-per-second", "10000",
             "--max-message-bytes", str(reference.MAX_MESSAGE), "--ping-interval", "1h", "--log-format", "text",
             *(self.tls.settings if self.tls else [])],
            stdout=self.log, stderr=self.log,
            env={**os.environ, "SKEWWATCH_STATS_TOKEN": inputs.TOKEN, "SKEWWATCH_ADMIN_TOKEN": inputs.TOKEN + "-admin",
                 # What was freed is kept back for a while, by default up to 256 MB of it, which would pass for growth.
                 "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1:quarantine_size_mb=16"})
        deadline = time.monotonic() + 6 * PATIENCE
        while not (found := re.search(r"https?://127\.0\.0\.1:(\d+)", self.text())):
            assert self.is_alive() and time.monotonic() < deadline, f"the server did not start: {self.text()}"
            time.sleep(0.05)
        self.port = int(found[1])

    def text(self):
        self.log.seek(0)
        return self.log.read()

    def is_alive(self):
        return self.process.poll() is None

    def resident(self):
        """Megabytes of memory."""
        with open(f"/proc/{self.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def connect(self, timeout=PATIENCE):
        # Until TLS is agreed on it may take long: the machine runs other tests meanwhile.
        peer = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        peer = self.tls.client.wrap_socket(peer) if self.tls else peer
        peer.settimeout(timeout)
        return peer

    def ask(self, data, timeout=PATIENCE):
        """Sends bytes; the status and body of the answer, status 0 where there is none in time."""
        answer = b""
        with self.connect(timeout) as peer, contextlib.suppress(OSError):
            peer.sendall(data)
            while b"\r\n\r\n" not in answer or not is_whole(answer):
                if not (part := peer.recv(65536)):
                    break
                answer += part
        status = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
        return int(status[1]) if status else 0, answer.partition(b"\r\n\r\n")[2]

    def total(self):
        admin = b"Authorization: Bearer " + inputs.TOKEN.encode() + b"-admin"
        status, body = self.ask(inputs.request("GET", "/__skew/admin/stats", admin))
        return json.loads(body)["total"] if status == 200 else None

    def end(self):
        self.process.terminate()
        try:
            return self.process.wait(6 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return None


class Certificate:
    """One of our own, which nobody checks."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        certificate, key = f"{self.folder.name}/certificate.pem", f"{self.folder.name}/key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out",
             certificate, "-days", "1", "-subj", "/CN=localhost"], check=True, capture_output=True)
        self.settings = ["--tls-cert", certificate, "--tls-key", key]
        self.client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.client.check_hostname, self.client.verify_mode = False, ssl.CERT_NONE


def is_whole(answer):
    """Whether an answer has come whole; a stream or a handshake needs no more than its head."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if re.match(rb"HTTP/1\.1 101|.*text/event-stream", head, re.S):
        return True
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(length) and len(body) >= int(length[1])


class Tab:
    """A WebSocket that reads frames."""

    def __init__(self, server):
        self.peer = server.connect()
        self.peer.sendall(inputs.handshake("?v=rig"))
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.fill()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        assert head.startswith(b"HTTP/1.1 101"), head

    def fill(self):
        part = self.peer.recv(65536)
        if not part:
            raise ConnectionError("the server hung up")
        self.buffer += part

    def take(self, count):
        while len(self.buffer) < count:
            self.fill()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def frame(self):
        first, second = self.take(2)
        length = second & 127
        if length > 125:
            length = int.from_bytes(self.take(2 if length == 126 else 8), "big")
        return first & 15, self.take(length)

    def close(self):
        self.peer.close()


class Bystander(threading.Thread):
    """Pings all the while; remembers the longest wait, and whether it was cut."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.tab, self.longest, self.fault, self.is_over = Tab(server), 0.0, None, threading.Event()
        self.start()

    def run(self):
        ping = inputs.encode((1, True, 0, b'{"type":"ping"}', False), None)
        ping = bytes([ping[0], ping[1] | 0x80]) + bytes(4) + ping[2:]
        try:
            while not self.is_over.wait(0.05):
                asked = time.monotonic()
                self.tab.peer.sendall(ping)
                while b'"pong"' not in self.tab.frame()[1]:
                    pass
                self.longest = max(self.longest, time.monotonic() - asked)
        except (OSError, ConnectionError) as error:
            self.fault = repr(error)

    def end(self):
        self.is_over.set()
        self.join(PATIENCE)
        self.tab.close()
