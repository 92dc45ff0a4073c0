"""The origin that the browser sees: test pages of our own, and a server behind them, as behind a proxy.

Every TCP connection carries one request and is passed on byte by byte, so that a server that dies, stands still or closes
looks to the browser as it would without a proxy.
"""

import re
import socket
import threading
import urllib.parse
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TYPES = {".js": "text/javascript", ".ts": "text/javascript", ".html": "text/html; charset=utf-8"}


class Pages(BaseHTTPRequestHandler):
    """Files; the tests' own pages under a policy at least as strict as the server's have."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        file = self.server.find(urllib.parse.urlsplit(self.path).path)
        body = file.read_bytes()
        self.send_response(200)
        self.send_header("content-type", TYPES[file.suffix])
        self.send_header("content-length", str(len(body)))
        self.send_header("connection", "close")
        # An import map is inline by nature.
        script = "'self' 'unsafe-inline'" if file.name == "vue.html" else "'self'"
        policy = f"default-src 'none'; img-src data:; script-src {script}; connect-src http: ws:; require-trusted-types-for 'script'"
        if file.suffix == ".html" and file.parent.name == "pages":
            self.send_header("content-security-policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Site:
    def __init__(self, find):
        self.pages = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.mounted = {}  # first part of a path => the folder of an app
        self.pages.daemon_threads, self.pages.find = True, lambda path: self.of_app(path) or find(path)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.origin = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.links = []  # of the server: what the browser sees, what the server sees
        self.ghosts = []  # ends of the server whose browser is gone without a word
        self.server_port = None
        self.server_has_assets = False
        for run in (self.pages.serve_forever, self.accept):
            threading.Thread(target=run, daemon=True).start()

    def of_app(self, path):
        first, _, rest = path[1:].partition("/")
        return self.mounted[first] / rest if first in self.mounted else None

    def accept(self):
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                if not (part := client.recv(65536)):
                    return
                head += part
            path = head.split(b" ", 2)[1].split(b"?")[0]
            is_asset = re.search(rb"\.\w+$", path) and not self.server_has_assets
            is_server = path.startswith(b"/__skew/") and not is_asset
            port = self.server_port if is_server else self.pages.server_port
            with socket.create_connection(("127.0.0.1", port or 1)) as upstream:
                if is_server:
                    self.links.append((client, upstream))
                upstream.sendall(head.replace(b"Connection: keep-alive", b"Connection: close", 1))
                threading.Thread(target=pump, args=(client, upstream, self.ghosts), daemon=True).start()
                pump(upstream, client, self.ghosts)

    def strand(self):
        """The browser loses all its connections to the server, and the server does not hear of it: a phone that changes networks."""
        links, self.links = self.links, []
        for client, upstream in links:
            with suppress(OSError):
                # A second descriptor keeps the connection, whoever closes the first one.
                self.ghosts += [upstream, upstream.dup()]
                client.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.listener.close()
        for ghost in self.ghosts:
            ghost.close()
        self.pages.shutdown()


def pump(source, target, ghosts):
    """Until one side ends; then both do, but for ghosts."""
    with suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
    for end in (source, target):
        if end in ghosts:
            continue
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
