"""The dashboard in Firefox: each state, and what an operator does."""

import json
import time

import dashboard_stage
import pytest
from conftest import TOKEN
from firefox import FIREFOX, Firefox
from observer import Peer
from test_dashboard_states import STATES


@pytest.fixture(scope="module")
def fake():
    with dashboard_stage.fake_server() as server:
        yield server


@pytest.fixture(scope="module")
def firefox(tmp_path_factory, fake):
    """Ends before the server, which waits for its connections."""
    assert FIREFOX, "Debian's firefox-esr is not installed"
    firefox = Firefox(tmp_path_factory.mktemp("firefox"))
    yield firefox
    firefox.close()


@pytest.fixture
def scene(firefox, fake):
    def show(name, **size):
        firefox.fresh()
        firefox.open(f"{fake}/{name}/__skew/dashboard", **size)
        firefox.until("document.body.dataset.view === 'live'")
        return firefox

    yield show
    assert firefox.complaints == []


@pytest.mark.parametrize("name, word, lead, count", STATES, ids=[state[0] for state in STATES])
def test_firefox_says_each_state(scene, name, word, lead, count):
    page = scene(name)
    page.until(f"document.getElementById('state-word').textContent === {json.dumps(word)}")
    page.until(f"/^{lead}$/.test(document.getElementById('lead').textContent.replaceAll('\\u00a0', ' '))")


@pytest.mark.parametrize("name", ["stalled", "hostile", "huge", "cluster"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_overflows_in_firefox(scene, name, width):
    page = scene(name, width=width)
    page.until("document.getElementById('state-word').textContent !== ''")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


ROWS = "Number(document.querySelector('.grid').getAttribute('aria-rowcount')) - 1"


def test_firefox_filters_by_a_click_and_goes_back(scene):
    page = scene("stalled")
    page.until(f"{ROWS} === 20")
    page.keys("o")
    page.until(f"{ROWS} === 2000")
    page.evaluate("[...document.querySelectorAll('#versions button.name')].find((button) => button.textContent === 'build-41').click()")
    page.until(f"{ROWS} === 20 && document.querySelector('.chip').textContent.startsWith('version:build-41')")
    page.evaluate("history.back()")
    page.until("document.querySelectorAll('.chip').length === 0")


def test_firefox_scrolls_ten_thousand_rows_of_which_few_exist(scene):
    page = scene("huge")
    page.click("#which-all")
    page.until(f"{ROWS} === 10000")
    page.evaluate("document.querySelector('.scroller').scrollTop = 150000")
    page.until("Number(document.querySelector('.grid tbody tr[role=row]').getAttribute('aria-rowindex')) > 4000")
    assert page.evaluate("document.querySelectorAll('.grid tbody tr').length") < 80


def test_firefox_announces(scene):
    page = scene("not-announced")
    page.until("document.getElementById('act-announce').textContent === 'Announce build-42…'")
    page.keys("a")
    page.until("document.getElementById('announce').open && document.activeElement.id === 'admin-token'")
    page.keys("open sesame")
    page.keys("\uE007")
    page.until("!document.getElementById('announce').open && document.getElementById('state-word').textContent === 'Rolling out'")


def test_firefox_shows_exactly_the_tabs_of_a_route(scene):
    page = scene("hostile")
    page.until("document.querySelectorAll('#where button.name').length > 3")
    page.evaluate("[...document.querySelectorAll('#where button.name')].find((button) => button.textContent === '/').click()")
    page.until("document.querySelector('.chip')?.textContent === 'route:/ ×'")
    assert set(page.evaluate("[...document.querySelectorAll('.grid tbody tr[role=row] .col-route .foreign')].map((one) => one.textContent)")) == {"/"}


def test_firefox_names_no_setting_to_who_may_see_only_counts(scene):
    page = scene("counts-only")
    page.until("document.getElementById('state-word').textContent === 'Rolling out'")
    said = page.evaluate("document.getElementById('main').innerText")
    assert "its scope is counts" in said and "setting" not in said and "0 connections" not in said


def test_a_hidden_tab_of_firefox_has_the_right_title_within_two_seconds(scene, fake):
    """Hidden tabs get no frames, and their timers are late."""
    page = scene("stalled")
    page.until("document.title.startsWith('20 old · ▲')")
    page.evaluate("!!Object.defineProperty(document, 'hidden', { get: () => true, configurable: true }) && !!(window.requestAnimationFrame = () => 0)")
    page.evaluate("""!!new MutationObserver(() => (window.titled ??= performance.now())).observe(document.querySelector('title'), { childList: true }) || true""")
    asked = page.evaluate("performance.now()")
    dashboard_stage.tell(f"{fake}/stalled", "leave")
    page.until("document.title.startsWith('0 old · ●')")
    assert page.evaluate("titled") - asked < 2000


def test_a_dashboard_in_firefox_is_no_tab_and_is_back_within_five_seconds_of_the_server(firefox, server):
    firefox.fresh()
    firefox.open(f"http://127.0.0.1:{server.port}/__skew/dashboard#token={TOKEN}")
    firefox.until("document.body.dataset.view === 'live'")
    tabs = [Peer(f"http://127.0.0.1:{server.port}/__skew", "r1") for _ in range(3)]
    firefox.until("document.getElementById('tabs').textContent === '3 open tabs'")
    assert server.versions() == {"r1": 3}
    firefox.evaluate("(Math.random = () => 0.99, 1)")  # each wait of a tab is as long as it can be: after 7 s away one of 8 s
    took = []
    # On a machine that has no time for the page it comes later: then once more.
    while not took or took[-1] >= 5:
        assert len(took) < 4, took
        server.kill()
        firefox.until("document.body.classList.contains('stale')")
        time.sleep(8)
        server.start()
        back = time.monotonic()
        firefox.until("document.getElementById('link').dataset.state === 'live' && !document.body.classList.contains('stale')")
        took.append(time.monotonic() - back)
    for tab in tabs:
        tab.close()
    firefox.open("about:blank")
