"""The dashboard in Firefox: each state, and what an operator does."""

import json

import dashboard_stage
import pytest
from firefox import FIREFOX, Firefox
from test_dashboard_states import STATES

pytestmark = pytest.mark.skipif(not FIREFOX, reason="Firefox is not installed")


@pytest.fixture(scope="module")
def server():
    with dashboard_stage.fake_server() as server:
        yield server


@pytest.fixture(scope="module")
def firefox(tmp_path_factory, server):
    """Ends before the server, which waits for its connections."""
    firefox = Firefox(tmp_path_factory.mktemp("firefox"))
    yield firefox
    firefox.close()


@pytest.fixture
def scene(firefox, server):
    def show(name, **size):
        firefox.complaints.clear()
        firefox.open(f"{server}/{name}/__skew/dashboard", **size)
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
