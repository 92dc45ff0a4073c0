"""Which connections are one tab and which are two, in a real Chromium: what a tab says of itself (`t`, `r`) lives as long as the page does."""

import pytest
from conftest import TOKEN, wait_until
from observer import Peer
from test_client import is_open, start


@pytest.fixture
def watcher(server):
    peer = Peer(f"http://127.0.0.1:{server.port}/__skew", "watcher")  # beside the site, whose connections a test may lose
    yield peer
    peer.close()


def rows(watcher, version="v1"):
    """The tabs of a version: their ids, and since when they are open."""
    return {row["id"]: row["since"] for row in watcher.statistics(TOKEN)["connections"] if row["version"] == version}


@pytest.mark.console("WebSocket connection")
def test_a_tab_whose_network_changed_is_one_tab_at_once_and_as_old_as_before(tabs, server, site, watcher):
    page = start(tabs.open(), server.url, version="v1")
    is_open(page)
    before = rows(watcher)
    former = page.evaluate("() => c.id")
    site.strand()
    page.wait_for_function("former => c.state === 'open' && c.id !== former", arg=former)
    after = rows(watcher)
    assert list(after) == [page.evaluate("() => c.id")]
    assert list(after.values()) == list(before.values())


@pytest.mark.console("WebSocket connection")
def test_streams_of_a_tab_whose_network_changed_are_one_tab(tabs, server, site, watcher):
    page = start(tabs.open(), server.url, version="v1", transport="sse")
    is_open(page)
    former = page.evaluate("() => c.id")
    wait_until(lambda: len(rows(watcher)) == 1)
    site.strand()
    page.wait_for_function("former => c.state === 'open' && c.id !== former", arg=former)
    wait_until(lambda: len(rows(watcher)) == 1)


def test_a_reload_is_another_tab_and_the_former_one_is_gone(tabs, server, watcher):
    page = start(tabs.open(), server.url, version="v1")
    is_open(page)
    (former,) = rows(watcher).items()
    page.reload()
    is_open(start(page, server.url, version="v1"))
    wait_until(lambda: len(rows(watcher)) == 1 and former[0] not in rows(watcher))
    assert list(rows(watcher).values())[0] >= former[1]


def test_a_duplicated_tab_is_a_second_tab(tabs, server, watcher):
    page = start(tabs.open(), server.url, version="v1")
    is_open(page)
    # What a browser copies with a tab: its address, its history, its session storage. An opened window gets the same.
    with tabs.context.expect_page() as opened:
        page.evaluate("() => { window.open(location.href); }")
    tabs.console.watch(opened.value)
    is_open(start(opened.value, server.url, version="v1"))
    wait_until(lambda: len(rows(watcher)) == 2)
    is_open(page)
    opened.value.close()
    wait_until(lambda: len(rows(watcher)) == 1)


def test_a_page_out_of_the_back_forward_cache_is_one_tab(tabs, server, watcher):
    page = tabs.open(init="addEventListener('pageshow', (event) => { window.restored = event.persisted; });")
    is_open(start(page, server.url, version="v1"))
    page.goto(tabs.site + "/elsewhere")
    wait_until(lambda: not rows(watcher))
    page.go_back(wait_until="commit")
    page.wait_for_function("() => window.restored && c.state === 'open'")
    assert len(rows(watcher)) == 1
