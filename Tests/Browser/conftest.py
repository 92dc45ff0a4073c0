"""What the browser tests share: the server that was just built, pages over HTTP, and tabs whose consoles are watched.

SKEWWATCH names the binary to test (with arguments before `serve`, if any); without it nothing runs. Its pages are the ones in
the binary; with SKEWWATCH_ASSETS=sources those of this tree, while they are being written. A test that needs a
server that misbehaves asks for the fixture `standin`; no other test is served by it. Lines that a test expects on the
console stand in its mark: `@pytest.mark.console("...")`; any other line fails it.
"""

import functools
import importlib.util
import json
import os
import random
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import browser
import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ASSETS = ROOT / "Sources/SkewWatch/Web/Assets"
TOKEN = "a-token-for-tests"


def server_command():
    return shlex.split(os.environ["SKEWWATCH"])


def pytest_configure(config):
    config.addinivalue_line("markers", "console(*parts): lines of the console that hold one of these are expected")
    named = os.environ.get("SKEWWATCH", "")
    if not named or not shutil.which(shlex.split(named)[0]):
        raise pytest.UsageError(f"SKEWWATCH must name the server to test, built just now; it is {named!r}.")


def pytest_report_header():
    return f"server: {os.environ['SKEWWATCH']}"


def wait_until(holds, seconds=60.0):
    """The first true value of `holds`; fails after `seconds`, which are many: a machine may be busy with other things."""
    deadline = time.monotonic() + seconds
    while not (value := holds()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return value


def free_port():
    """One that nobody listens on, and that the kernel gives to no connection and no listener before it is taken: those are from 32768 on."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Server:
    """A server process behind the site; it can be killed and come back on its port."""

    admin_token = "an-admin-token-for-tests"

    def __init__(self, site):
        self.site, self.port, self.process = site, free_port(), None
        self.url = f"{site.origin}/__skew"
        site.server_port = self.port

    def start(self, release="r1"):
        flags = ["--host", "127.0.0.1", "--port", str(self.port), "--internal-port", "-1", "--stats-token", TOKEN]
        flags += ["--release", release, "--route-tracking", "true", "--admin-token", self.admin_token]
        self.process = subprocess.Popen([*server_command(), "serve", *flags], stderr=subprocess.DEVNULL)
        wait_until(self.listens)
        self.site.server_has_assets = os.environ.get("SKEWWATCH_ASSETS") != "sources" and self.answers("/__skew/client.js")

    def listens(self):
        assert self.process.poll() is None, "the server did not start"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def answers(self, path):
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return answer.status == 200
        return False

    def versions(self):
        """How many tabs there are by version, asked beside all connections."""
        headers = {"authorization": f"Bearer {self.admin_token}"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/__skew/admin/stats", headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["versions"]

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def server(site, console):
    server = Server(site)
    server.start()
    yield server
    console.end()
    server.kill()
    site.server_has_assets = False


@pytest.fixture
def dashboard(chromium, server, console):
    """Signs in to the dashboard of the server that was built."""
    context = browser.new_context(chromium, viewport={"width": 1400, "height": 900})
    page = context.new_page()
    console.watch(page)

    def sign_in(token=TOKEN):
        page.goto(f"http://127.0.0.1:{server.port}/__skew/dashboard")
        page.fill("#token", token)
        page.press("#token", "Enter")
        page.wait_for_selector("body[data-view=live]")
        return page

    yield sign_in
    context.close()


@pytest.fixture
def standin(console):
    from standin import StandIn

    server = StandIn(token=TOKEN, release="r1").start()
    yield server
    console.end()
    server.stop()


def vue_build():
    """A browser build of Vue 3: the one inside PyPI's `nicegui`."""
    spec = importlib.util.find_spec("nicegui")
    builds = list(Path(spec.origin).parent.glob("static/vue.esm-browser*.js")) if spec else []
    assert builds, "no Vue build: pip install --no-deps nicegui"
    return min(builds, key=lambda p: p.stat().st_size)


@functools.cache
def tagged_client():
    """client.js with what a tag needs, as the server sends it."""
    import bundles

    return bundles.tagged_client(Path(tempfile.mkdtemp()) / "client.js")


def page_file(path):
    name = path.rsplit("/", 1)[1]
    if path == "/vue.js":
        return vue_build()
    if path == "/__skew/client.js":
        return tagged_client()
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
    with browser.chromium() as chromium:
        yield chromium


@pytest.fixture
def console(request):
    """Watches the pages of one test; what they say unexpectedly fails it once it is over."""
    expected = [part for mark in request.node.iter_markers("console") for part in mark.args]
    console = browser.Console(expected)
    yield console
    console.check()


# All that a page sends over its sockets is in `sent`, and what comes in `heard`.
RECORD_SENT = """
    window.sent = [];
    window.heard = [];
    window.WebSocket = class extends WebSocket {
        constructor(...given) {
            super(...given);
            this.addEventListener('message', ({ data }) => heard.push(data));
        }
        send(data) { sent.push(data); super.send(data); }
    };
"""


class Tabs:
    """Opens pages in one browser profile."""

    def __init__(self, chromium, site, console, **context):
        self.context = browser.new_context(chromium, **context)
        self.context.add_init_script(RECORD_SENT)
        self.served, self.site, self.console = site, site.origin, console

    def open(self, path="/", init=None, clock=False):
        page = self.context.new_page()
        self.console.watch(page)
        if clock:
            page.clock.install()
        if init:
            page.add_init_script(init)
        page.goto(self.site + path)
        return page

    def close(self):
        self.context.close()


@pytest.fixture
def tabs(chromium, site, console):
    tabs = Tabs(chromium, site, console)
    yield tabs
    tabs.close()
