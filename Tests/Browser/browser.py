"""A Chromium as a person has it, and a watch on what its pages complain about."""

import os
import shutil
from contextlib import contextmanager, suppress

from playwright.sync_api import Error, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or "/usr/bin/chromium"
# What the browser says by itself when a server is away or refuses; no script can keep it from doing so.
LOST = ("WebSocket connection to", "net::ERR_", "Failed to load resource")


@contextmanager
def chromium():
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox"],
            # Tests that go back to a page find it in there, as people do.
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()


def new_context(browser, **options):
    """A browser profile of its own. It does not call itself HeadlessChrome: crawlers do, and those are not counted."""
    agent = f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{browser.version} Safari/537.36"
    context = browser.new_context(**{"user_agent": agent, **options})
    context.set_default_timeout(int(os.environ.get("WEB_TIMEOUT", 60_000)))
    return context


class Console:
    """Notes each error and warning of the pages it watches. Those that the test did not name fail it."""

    def __init__(self, expected=()):
        self.expected, self.lines = tuple(expected), []
        self.pages, self.is_over = [], False

    def watch(self, page):
        self.pages.append(page)
        page.on("pageerror", lambda error: self.note(f"exception: {error}"))
        page.on("console", lambda line: line.type in ("error", "warning") and self.note(f"{line.text} [{line.location['url']}]"))
        page.on("dialog", lambda dialog: (self.note(f"dialog: {dialog.message}"), dialog.dismiss()))

    def note(self, line):
        if not self.is_over:
            self.lines.append(line)

    def end(self):
        """The test is over: what pages say about a server that stops now is not its doing."""
        for page in self.pages:
            with suppress(Error):  # of a page that a test let crash
                if not page.is_closed():
                    page.wait_for_timeout(0)  # lines under way arrive first
        self.is_over = True

    def check(self):
        unexpected = [line for line in self.lines if not any(part in line for part in self.expected)]
        assert not unexpected, unexpected
