"""What the dashboard's tests stand on: the fake server, Debian's Chromium, and a page that notes every complaint of the browser."""

import contextlib
import json
import pathlib
import subprocess
import sys
import urllib.request

import pytest

CHROMIUM = pathlib.Path("/usr/bin/chromium")
HERE = pathlib.Path(__file__).resolve().parent


def need_browser():
    """Skips the whole file, in words, where there is nothing to test with."""
    pytest.importorskip("aiohttp", reason="needs aiohttp for the fake server")
    pytest.importorskip("playwright.sync_api", reason="needs playwright to drive the browser")
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's chromium at /usr/bin/chromium", allow_module_level=True)


@contextlib.contextmanager
def fake_server():
    process = subprocess.Popen([sys.executable, HERE / "dashboard_fake.py", "0"], stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Stage:
    """One page on one scene."""

    def __init__(self, chromium, server, scene, *, scheme="light", width=1280, height=900, expected=()):
        self.server, self.scene = server, scene
        self.complaints, self.outside, self.expected = [], [], expected
        self.context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": height}, reduced_motion="reduce")
        self.page = self.context.new_page()
        self.page.on("console", lambda message: message.type in ("error", "warning") and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: request.url.startswith((server, "data:", "ws://127.0.0.1")) or self.outside.append(request.url))

    def open(self, view="live"):
        self.page.goto(f"{self.server}/{self.scene}/__skew/dashboard")
        self.page.wait_for_selector(f"body[data-view={view}]")
        return self.page

    def sign_in(self, token):
        self.page.fill("#token", token)
        self.page.press("#token", "Enter")

    def tell(self, verb):
        """Sends the server a stage direction; answers what is true there."""
        request = urllib.request.Request(f"{self.server}/{self.scene}/control/{verb}", data=b"", method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def close(self):
        self.context.close()
        assert [text for text in self.complaints if not any(part in text for part in self.expected)] == []
        assert self.outside == []
