"""The client in Firefox: what browsers do each in their own way."""

import json

import pytest
from conftest import TOKEN, wait_until
from firefox import FIREFOX, Firefox
from observer import Peer


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    assert FIREFOX, "Debian's firefox-esr is not installed"
    browser = Firefox(tmp_path_factory.mktemp("firefox"))
    yield browser
    browser.close()


@pytest.fixture
def page(browser):
    browser.fresh()
    yield browser
    browser.open("about:blank")


def start(page, site, url, path="/", **options):
    page.open(site.origin + path)
    page.until("!!window.open_")
    page.evaluate(f"!!(window.c = open_({json.dumps({'url': url, 'version': 'build-42', **options})}).trackHistory())")
    page.until("c.state === 'open'")


@pytest.mark.parametrize("transport", ["ws", "sse"])
def test_firefox_is_counted_follows_its_route_and_leaves(page, site, server, transport):
    start(page, site, server.url, transport=transport, share=False)
    watcher = Peer(server.url, "watcher", "/watcher")
    assert watcher.statistics(TOKEN)["versions"] == {"build-42": 1, "watcher": 1}
    page.evaluate("history.pushState({}, '', '/onward')")
    wait_until(lambda: watcher.statistics(TOKEN)["routes"] == {"/onward": 1, "/watcher": 1})
    page.open("about:blank")
    wait_until(lambda: watcher.statistics(TOKEN)["total"] == 1)
    assert page.complaints == []
    watcher.close()


@pytest.mark.parametrize("transport", ["ws", "sse"])
def test_firefox_comes_back_after_a_crash_subscribed_and_at_its_newest_route(page, site, server, transport):
    start(page, site, server.url, transport=transport, share=False, token=TOKEN)
    page.evaluate("!!c.subscribe()")
    page.until("c.authorized && c.stats.total === 1")
    server.kill()
    page.until("c.state === 'waiting'")
    page.evaluate("history.pushState({}, '', '/meanwhile')")
    server.start(release="r2")
    page.until("c.state === 'open' && c.release === 'r2' && c.stats.routes['/meanwhile'] === 1")


def test_tabs_of_firefox_that_share_a_stream_are_counted_each(page, site, server):
    start(page, site, server.url, transport="sse")
    first = page.page
    others = [page.ask("browsingContext.create", type="tab")["context"] for _ in range(2)]
    for page.page in others:
        start(page, site, server.url, path="/other", transport="sse")
    wait_until(lambda: server.versions() == {"build-42": 3})
    # The one that leads goes, and the next in line takes over.
    page.page = first
    page.open("about:blank")
    wait_until(lambda: server.versions() == {"build-42": 2})
    for page.page in others:
        assert not page.evaluate("c.log.some(([name, state]) => name === 'state' && state === 'waiting')")
    page.page = first
    for other in others:
        page.ask("browsingContext.close", context=other)
    wait_until(lambda: server.versions() == {})
    assert page.complaints == []


@pytest.mark.parametrize("transport", ["ws", "sse"])
def test_firefox_sees_a_login_and_a_logout_in_an_open_tab(page, site, standin, transport):
    standin.session = "me"
    start(page, site, standin.url, transport=transport, share=False)
    page.evaluate("!!c.subscribe()")
    page.until("c.authorized === false")
    page.evaluate("(document.cookie = 'sid=me; path=/', !!c.subscribe())")
    page.until("c.authorized === true && c.stats.total === 1")
    page.evaluate("(document.cookie = 'sid=; path=/; max-age=0', c.renew())")
    page.until("c.authorized === false && c.stats.total === 0")


def test_a_page_of_firefox_that_one_goes_back_to_is_counted_once(page, site, server):
    """Firefox keeps no page in its back/forward cache that has a link open when it is left; it loads it anew."""
    page.open(f"{site.origin}/tag.html")
    wait_until(lambda: server.versions() == {"tagged": 1})
    page.open(f"{site.origin}/elsewhere")
    wait_until(lambda: server.versions() == {})
    page.back()
    page.until("location.pathname === '/tag.html'")
    wait_until(lambda: server.versions() == {"tagged": 1})
    assert page.complaints == []


@pytest.mark.parametrize("transport", ["ws", "sse"])
def test_a_page_out_of_the_back_forward_cache_of_firefox_is_counted_again(page, site, server, transport):
    """It is kept there when it had no link: the server was away."""
    start(page, site, server.url, transport=transport, share=False)
    page.evaluate("(addEventListener('pageshow', (event) => (window.restored = event.persisted)), 1)")
    server.kill()
    page.until("c.state === 'waiting'")
    page.open(f"{site.origin}/elsewhere")
    server.start()
    page.back()
    page.until("window.restored === true && c.state === 'open'")
    assert server.versions() == {"build-42": 1}


@pytest.mark.parametrize("transport", ["ws", "sse"])
def test_a_page_of_firefox_that_was_offline_comes_back_at_its_newest_route(page, site, server, transport):
    start(page, site, server.url, transport=transport, share=False, token=TOKEN)
    page.evaluate("!!c.subscribe()")
    page.until("c.authorized && c.stats.total === 1")
    page.set_offline(True)
    page.until("!navigator.onLine")
    # Firefox leaves a link open that there is; a network that is gone for a while breaks it.
    page.evaluate("(Math.random = () => 0.99, 1)")  # each wait is as long as it can be
    site.strand()
    page.until("c.state === 'waiting' && c.retryAt - Date.now() > 12e3")
    page.evaluate("(window.planned = c.retryAt, history.pushState({}, '', '/meanwhile'), 1)")
    page.set_offline(False)
    page.until("c.state === 'open' && c.stats.routes['/meanwhile'] === 1")
    assert page.evaluate("Date.now() < planned")  # the network is back: no reason to wait any longer
    wait_until(lambda: server.versions() == {"build-42": 1})


@pytest.mark.parametrize("kind", ["ws", "sse"])
def test_the_plugin_for_nuxt_tells_the_build_in_firefox(page, site, server, kind):
    page.open(f"{site.origin}/stock.html?plugin&{kind}")
    page.until("!!window.start")
    page.evaluate(f"start({json.dumps(server.url)}, false)")
    page.evaluate("!!(window.leave = stock.component())")
    wait_until(lambda: server.versions() == {"build 4+2": 1})
    page.evaluate("leave()")
    assert server.versions() == {"build 4+2": 1}
