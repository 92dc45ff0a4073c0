"""The dashboard on the real server: its record of a week and its releases, and announcing with all that can be chosen."""

import base64
import hashlib
import hmac
import json
import re
import sqlite3
import subprocess
import time
import urllib.request

import browser
import pytest
from browser import LOST
from conftest import TOKEN, server_command, wait_until
from observer import Peer
from test_dashboard import text, until

HOUR = 3_600_000


def now():
    return int(time.time() * 1000)


def number(value):
    """LEB128, as counts lie in the file."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def blob(versions):
    return b"".join(number(len(name)) + name.encode() + number(count) for name, count in versions.items())


class KeptServer:
    """A server with its history on disk."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.flags = ["--host", "127.0.0.1", "--port", str(server.port), "--internal-port", "-1", "--stats-token", TOKEN, "--route-tracking", "true"]
        self.flags += ["--admin-token", server.admin_token, "--data-dir", str(folder)]

    def start(self):
        self.server.process = subprocess.Popen([*server_command(), "serve", *self.flags], stderr=subprocess.DEVNULL)
        wait_until(self.server.listens)

    def stop(self):
        self.server.process.terminate()
        self.server.process.wait(60)

    def remember(self, samples, releases):
        """Writes into the file what a server of former days would have."""
        with sqlite3.connect(self.folder / "history.sqlite") as file:
            rows = [(at, 2, 0, blob(versions)) for at, versions in samples]
            file.executemany("INSERT INTO sample (time, level, partial, versions) VALUES (?, ?, ?, ?)", rows)
            file.executemany("INSERT INTO release (time, version, origin, by, told) VALUES (?, ?, 'announced', ?, ?)", releases)


def administer(server, method, path, body=None):
    headers = {"authorization": f"Bearer {server.admin_token}", "content-type": "application/json"}
    url = f"http://127.0.0.1:{server.port}/__skew/admin{path}"
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def crowd(server, count, version, route="/"):
    url = f"http://127.0.0.1:{server.port}/__skew"
    return [Peer(url, version, route) for _ in range(count)]


def leave(tabs):
    for tab in tabs:
        tab.close()


def test_what_was_before_the_restart_is_on_the_page(dashboard, server, tmp_path):
    server.kill()
    kept = KeptServer(server, tmp_path)
    kept.start()
    kept.stop()
    # A rollout three days ago: half of the old tabs closed in each hour. Then nothing more until now.
    began = now() - 72 * HOUR
    course = [(began + i * HOUR // 6, max(0, round(1000 * 0.5 ** (i / 6)))) for i in range(-60, 90)]
    samples = [(at, {"build-41": 1000 - old, "build-40": old} if at >= began else {"build-40": 1000}) for at, old in course]
    samples = [(at, {name: n for name, n in versions.items() if n > 0}) for at, versions in samples]
    kept.remember(samples, [(began - 5 * HOUR, "build-40", "ci", 900), (began, "build-41", "ann", 1000)])
    kept.start()
    tabs = crowd(server, 3, "build-41")
    page = dashboard()
    until(page, "document.querySelectorAll('#happened li time').length >= 2")
    assert "build-41 announced by ann, 1,000 told" in text(page, "#happened")
    page.click("[data-span='7d']")
    until(page, "document.querySelectorAll('.chart-flags line').length === 2")
    # The next rollout has the one before beside it.
    administer(server, "POST", "/release", {"version": "build-42"})
    until(page, "document.getElementById('pace').textContent.includes('last time (build-41)')")
    assert "99 % after 6 h" in text(page, "#pace")
    leave(tabs)


def test_an_announcement_is_made_for_some_watched_and_stopped(dashboard, server):
    tabs = crowd(server, 150, "build-41", "/shop/1") + crowd(server, 4, "build-40", "/shop/2") + crowd(server, 5, "build-41", "/help")
    page = dashboard()
    page.keyboard.press("a")
    page.fill("#announce-version", "build-42")
    page.select_option("#announce-only", "build-41")
    page.fill("#announce-routes", "/shop/*")
    page.select_option("#announce-rate", "10")
    assert text(page, "#announce-says").startswith("At most 155 tabs will be told. Nobody runs build-42 yet.")
    page.uncheck("#announce-set")
    assert "stays what it is" in text(page, "#announce-says")
    page.fill("#admin-token", server.admin_token)
    page.click("#announce-go")
    page.wait_for_selector("#announce", state="hidden")
    until(page, "/^build-42: \\d+ of 150 tabs told, 10 a second Stop$/.test(document.getElementById('running').textContent)")
    page.click("#running button")
    until(page, "/^build-42: \\d+ of 150 tabs told, stopped\\.$/.test(document.getElementById('running').textContent)")
    (entry,) = administer(server, "GET", "/release")["announcements"]
    assert entry["state"] == "stopped" and entry["matching"] == 150 and entry["told"] < 150
    assert administer(server, "GET", "/release")["release"]["version"] == "r1"
    leave(tabs)


def test_a_share_is_told_and_then_all_and_the_page_says_how_many(dashboard, server):
    tabs = crowd(server, 60, "build-41")
    page = dashboard()
    until(page, "document.getElementById('tabs').textContent === '60 open tabs'")
    told = 0
    for percent, said in (("25", "About 15 tabs"), ("", "60 tabs")):
        page.click("#act-announce")
        page.fill("#announce-version", "build-42")
        page.select_option("#announce-percent", percent)
        page.select_option("#announce-rate", "0")
        assert text(page, "#announce-says").startswith(f"{said} will be told.")
        page.fill("#admin-token", server.admin_token)
        page.click("#announce-go")
        page.wait_for_selector("#announce", state="hidden")
        until(page, "/^build-42: (\\d+) of \\1 tabs? told, done\\.$/.test(document.getElementById('running').textContent)")
        told += administer(server, "GET", "/release")["announcements"][-1]["told"]
    assert told == 60
    leave(tabs)


def test_a_page_that_watches_hears_of_a_release_before_the_tabs_reload(dashboard, server):
    """At its turn it would hear of it after 20 s; tabs that reload meanwhile would run what nobody announced."""
    administer(server, "POST", "/release", {"version": "build-41"})
    tabs = crowd(server, 100, "build-41")
    page = dashboard()
    until(page, "document.getElementById('state-word').textContent === 'Done'")
    page.evaluate("""() => {
        window.words = [];
        const word = document.getElementById('state-word');
        new MutationObserver(() => words.push(word.textContent)).observe(word, { childList: true });
    }""")
    administer(server, "POST", "/release", {"version": "build-42", "rate": 5})
    newer = []
    for tab in tabs[:40]:
        tab.close()
        newer += crowd(server, 1, "build-42")
    until(page, "document.getElementById('old').textContent === '60'")
    assert "Not announced" not in page.evaluate("words")
    leave(tabs[40:] + newer)


def test_a_link_with_a_token_opens_the_page_and_is_not_in_the_address(dashboard, server, chromium, console):
    tabs = crowd(server, 3, "build-41")
    context = browser.new_context(chromium)
    page = context.new_page()
    console.watch(page)
    page.goto(f"http://127.0.0.1:{server.port}/__skew/dashboard#span=24h&token={TOKEN}")
    page.wait_for_selector("body[data-view=live]")
    assert page.evaluate("location.hash") == "#span=24h" and TOKEN not in page.evaluate("document.documentElement.outerHTML")
    assert page.get_attribute("[data-span='24h']", "aria-pressed") == "true"
    until(page, "document.getElementById('tabs').textContent === '3 open tabs'")
    page.click("#sign-out")
    page.wait_for_selector("body[data-view=signin]")
    # In the same tab only what is behind the # is another.
    page.evaluate(f"location.hash = '#token={TOKEN}'")
    page.wait_for_selector("body[data-view=live]")
    assert page.evaluate("location.hash") == ""
    context.close()
    leave(tabs)


def test_open_dashboards_are_no_tabs_whoever_looks(dashboard, server, chromium, console):
    """Browsers as people have them: one page that is signed in, one before that, one with the cookie of a build of last week."""
    url = f"http://127.0.0.1:{server.port}/__skew/dashboard"
    administer(server, "POST", "/release", {"version": "build-41"})
    tabs = crowd(server, 30, "build-41")
    page = dashboard()
    context = browser.new_context(chromium)
    context.add_cookies([{"name": "__nkpv", "value": "build-17", "url": url}])
    other = context.new_page()
    console.watch(other)
    other.goto(url)
    other.wait_for_selector("#link[data-state=denied]")
    until(page, "document.getElementById('tabs').textContent === '30 open tabs'")
    assert server.versions() == {"build-41": 30}
    administer(server, "POST", "/release", {"version": "build-42"})
    leave(tabs)
    tabs = crowd(server, 30, "build-42")
    until(page, "document.getElementById('state-word').textContent === 'Done' && document.title.startsWith('0 old · ●')")
    assert server.versions() == {"build-42": 30}
    context.close()
    leave(tabs)


LOST_RELEASE = "!document.getElementById('came-back').hidden"


@pytest.mark.console(*LOST)
@pytest.mark.parametrize("answer", ["again", "right"])
def test_a_server_that_forgot_what_was_announced_is_asked_about(dashboard, server, answer):
    """No restart turns a rollout round: the page goes by what it has seen until somebody says which is right."""
    server.kill()
    server.start(release="build-41")
    administer(server, "POST", "/release", {"version": "build-42"})
    tabs = crowd(server, 3, "build-42")
    page = dashboard()
    until(page, "document.getElementById('state-word').textContent === 'Done'")
    server.kill()
    leave(tabs)
    server.start(release="build-41")
    tabs = crowd(server, 3, "build-42")
    until(page, LOST_RELEASE)
    assert re.fullmatch(r"The server came back with build-41; build-42 was announced at \d\d:\d\d\.", text(page, "#came-back-text"))
    until(page, "document.getElementById('tabs').textContent === '3 open tabs' && document.getElementById('state-word').textContent === 'Done'")
    assert "build-41" not in page.inner_text("#spoken")
    page.click(f"#came-back-{answer}")
    if answer == "again":
        assert page.input_value("#announce-version") == "build-42"
        page.fill("#admin-token", server.admin_token)
        page.click("#announce-go")
    until(page, f"!({LOST_RELEASE})")
    release = "build-42" if answer == "again" else "build-41"
    until(page, f"document.querySelector('#route-line b').textContent === '{release}'")
    assert administer(server, "GET", "/release")["release"]["version"] == release
    leave(tabs)


@pytest.mark.console(*LOST)
def test_with_a_folder_for_data_the_release_stands_over_a_restart(dashboard, server, tmp_path):
    server.kill()
    kept = KeptServer(server, tmp_path)
    kept.start()
    administer(server, "POST", "/release", {"version": "build-42"})
    tabs = crowd(server, 3, "build-42")
    page = dashboard()
    until(page, "document.getElementById('state-word').textContent === 'Done'")
    kept.stop()
    page.wait_for_selector("body.stale")
    leave(tabs)
    kept.start()
    tabs = crowd(server, 3, "build-42")
    until(page, "document.getElementById('tabs').textContent === '3 open tabs' && document.getElementById('state-word').textContent === 'Done'")
    assert not page.evaluate(LOST_RELEASE) and text(page, "#route-line").startswith("build-42, announced")
    leave(tabs)


def jwt(secret, **claims):
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


@pytest.mark.parametrize("by", ["link", "session"])
def test_who_comes_by_a_jwt_or_by_the_session_has_the_record_too(server, chromium, console, tmp_path, by):
    server.kill()
    kept = KeptServer(server, tmp_path)
    secret = "a-secret-of-thirty-two-bytes-or-more"
    kept.flags += ["--jwt-secret", secret, "--jwt-cookie", "session"]
    kept.start()
    administer(server, "POST", "/release", {"version": "build-42"})
    token = jwt(secret, exp=int(time.time()) + 600, skewwatch_scope="counts")
    url = f"http://127.0.0.1:{server.port}/__skew/dashboard"
    context = browser.new_context(chromium)
    if by == "session":
        context.add_cookies([{"name": "session", "value": token, "url": url}])
    page = context.new_page()
    console.watch(page)
    page.goto(url if by == "session" else f"{url}#token={token}")
    page.wait_for_selector("body[data-view=live]")
    until(page, "document.getElementById('happened').textContent.includes('build-42 announced')")
    assert page.is_hidden("#sign-out") == (by == "session")
    console.end()
    context.close()
