"""What the dashboard's tests stand on: the fake server, and a page on one of its scenes."""

import contextlib
import json
import pathlib
import subprocess
import sys
import urllib.request

import browser

HERE = pathlib.Path(__file__).resolve().parent


@contextlib.contextmanager
def fake_server():
    process = subprocess.Popen([sys.executable, HERE / "dashboard_fake.py", "0"], stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait(60)


def tell(url, verb):
    """Sends a fake server a stage direction; answers what is true there."""
    request = urllib.request.Request(f"{url}/control/{verb}", data=b"", method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


class Stage:
    """One page on one scene. A request to anywhere else fails the test."""

    def __init__(self, chromium, console, server, scene, *, scheme="light", width=1280, height=900):
        self.server, self.scene, self.outside = server, scene, []
        self.context = browser.new_context(chromium, color_scheme=scheme, viewport={"width": width, "height": height}, reduced_motion="reduce")
        self.page = self.context.new_page()
        console.watch(self.page)
        self.page.on("request", lambda request: request.url.startswith((server, "data:", "ws://127.0.0.1")) or self.outside.append(request.url))

    def open(self, view="live"):
        self.page.goto(f"{self.server}/{self.scene}/__skew/dashboard")
        self.page.wait_for_selector(f"body[data-view={view}]")
        return self.page

    def sign_in(self, token):
        self.page.fill("#token", token)
        self.page.press("#token", "Enter")

    def tell(self, verb):
        return tell(f"{self.server}/{self.scene}", verb)

    def close(self):
        self.context.close()
        assert self.outside == []
