"""What the browser tests share: pages over HTTP, a server, Chromium, and a watch on the console.

The server is the real one where it is built (or named by SKEWWATCH); else the stand-in takes its place, and the header of
the run says so.
"""

import functools
import importlib.util
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ASSETS = ROOT / "Sources/SkewWatch/Web/Assets"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
TOKEN = "a-token-for-tests"


def server_command():
    if named := os.environ.get("SKEWWATCH"):
        return shlex.split(named)
    for build in ("release", "debug"):
        if (binary := ROOT / ".build" / build / "skewwatch").exists():
            return [str(binary)]
    return [sys.executable, str(HERE / "standin.py")]


def pytest_report_header():
    return f"server: {shlex.join(server_command())}"


def wait_until(holds, seconds=10.0):
    """The first true value of `holds`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := holds()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return value


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@functools.cache
def foreign_pages():
    """What lets pages of another origin in; nothing for a server that does not know origins yet, and says so."""
    flags = ["--allowed-origins", "*"]
    return flags if subprocess.run([*server_command(), "check", *flags], stderr=subprocess.DEVNULL).returncode == 0 else []


class Server:
    """A server process that can be killed and come back on its port."""

    def __init__(self):
        self.port, self.process = free_port(), None
        self.url = f"http://127.0.0.1:{self.port}/__skew"

    def start(self, release="r1"):
        flags = ["--host", "127.0.0.1", "--port", str(self.port), "--internal-port", "-1", "--stats-token", TOKEN]
        flags += ["--release", release, "--route-tracking", "true", *foreign_pages()]
        self.process = subprocess.Popen([*server_command(), "serve", *flags], stderr=subprocess.DEVNULL)
        wait_until(self.listens)

    def listens(self):
        assert self.process.poll() is None, "the server did not start"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def server():
    server = Server()
    server.start()
    yield server
    server.kill()


@pytest.fixture
def standin():
    from standin import StandIn

    server = StandIn(token=TOKEN, release="r1").start()
    yield server
    server.stop()


def vue_build():
    spec = importlib.util.find_spec("nicegui")
    builds = spec and list(Path(spec.origin).parent.glob("static/vue.esm-browser*.js"))
    return min(builds, key=lambda p: p.stat().st_size) if builds else None


class Pages(BaseHTTPRequestHandler):
    """The app that a visitor opens: test pages and the assets, under a policy at least as strict as the server's."""

    protocol_version = "HTTP/1.1"
    types = {".js": "text/javascript", ".html": "text/html; charset=utf-8"}

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        if path == "/vue.js":
            file = vue_build()
        elif path.startswith("/__skew/"):
            file = ASSETS / path.rsplit("/", 1)[1]
        else:
            file = HERE / "pages" / (path.strip("/") or "blank.html")
        if not file.is_file():
            file = HERE / "pages/blank.html"
        body = file.read_bytes()
        self.send_response(200)
        self.send_header("content-type", self.types[file.suffix])
        self.send_header("content-length", str(len(body)))
        script = "'self' 'unsafe-inline'" if file.name == "vue.html" else "'self'"
        policy = f"default-src 'none'; img-src data:; script-src {script}; connect-src http: ws:; require-trusted-types-for 'script'"
        if file.suffix == ".html":
            self.send_header("content-security-policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="session")
def chromium():
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium; or name it in CHROMIUM)")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (see requirements.txt)")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox"],
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


# All that a page sends over its sockets is in `sent`.
RECORD_SENT = """
    window.sent = [];
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) { sent.push(data); return send.call(this, data); };
"""


class Tabs:
    """Opens pages in one browser profile and keeps what their consoles say."""

    # The browser reports these by itself when a server is away or refuses; no script can keep it from doing so.
    expected = ("WebSocket connection to", "net::ERR_", "Failed to load resource", "status of")

    def __init__(self, browser, site, **context):
        self.context = browser.new_context(**context)
        self.context.set_default_timeout(10_000)
        self.context.add_init_script(RECORD_SENT)
        self.site, self.complaints = site, []

    def open(self, path="/", init=None, clock=False):
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: line.type in ("error", "warning") and self.complaints.append(line.text))
        if clock:
            page.clock.install()
        if init:
            page.add_init_script(init)
        page.goto(self.site + path)
        return page

    def close(self):
        self.context.close()
        unexpected = [c for c in self.complaints if not any(e in c for e in self.expected)]
        assert not unexpected, unexpected


@pytest.fixture
def tabs(chromium, site):
    tabs = Tabs(chromium, site)
    yield tabs
    tabs.close()
