"""What the browser tests share: pages over HTTP, a server, Chromium, and a watch on the console.

The server is the real one where it is built (or named by SKEWWATCH); else the stand-in takes its place, and the header of
the run says so.
"""

import importlib.util
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
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


class Server:
    """A server process behind the site; it can be killed and come back on its port."""

    def __init__(self, site):
        self.site, self.port, self.process = site, free_port(), None
        self.url = f"{site.origin}/__skew"
        site.server_port = self.port

    def start(self, release="r1"):
        flags = ["--host", "127.0.0.1", "--port", str(self.port), "--internal-port", "-1", "--stats-token", TOKEN]
        flags += ["--release", release, "--route-tracking", "true"]
        self.process = subprocess.Popen([*server_command(), "serve", *flags], stderr=subprocess.DEVNULL)
        wait_until(self.listens)
        self.site.server_has_assets = self.answers("/__skew/client.js")

    def listens(self):
        assert self.process.poll() is None, "the server did not start"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def answers(self, path):
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return answer.status == 200
        return False

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def server(site):
    server = Server(site)
    server.start()
    yield server
    server.kill()
    site.server_has_assets = False


@pytest.fixture
def standin():
    pytest.importorskip("aiohttp", reason="aiohttp is not installed (see requirements.txt)")
    from standin import StandIn

    server = StandIn(token=TOKEN, release="r1").start()
    yield server
    server.stop()


def vue_build():
    spec = importlib.util.find_spec("nicegui")
    builds = spec and list(Path(spec.origin).parent.glob("static/vue.esm-browser*.js"))
    return min(builds, key=lambda p: p.stat().st_size) if builds else None


def page_file(path):
    name = path.rsplit("/", 1)[1]
    if path == "/vue.js":
        return vue_build()
    if path.startswith("/__skew/"):
        return ASSETS / name
    if path.endswith(".ts"):
        return ROOT / "Docker/examples/nuxt" / name
    file = HERE / "pages" / name
    return file if file.is_file() else HERE / "pages/blank.html"


@pytest.fixture(scope="session")
def site():
    from front import Site

    site = Site(page_file)
    yield site
    site.close()


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
        # The server does not count a HeadlessChrome, which crawlers are too.
        agent = f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/{browser.version} Safari/537.36"
        self.context = browser.new_context(**{"user_agent": agent, **context})
        self.context.set_default_timeout(int(os.environ.get("WEB_TIMEOUT", 10_000)))
        self.context.add_init_script(RECORD_SENT)
        self.site, self.complaints = site.origin, []

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
