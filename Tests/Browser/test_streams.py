"""The fallback over server-sent events, against the server."""

from conftest import TOKEN, wait_until
from observer import Peer
from test_client import recovers, settled, start, subscribe


def stream(page, server, **options):
    return start(page, server.url, **{"transport": "sse", "share": False, **options})


def test_a_stream_without_the_token_is_denied(tabs, server):
    page = stream(tabs.open(), server)
    subscribe(page)
    settled(page, "c.authorized === false && c.stats.total === 0")


def test_a_stream_with_the_token_sees_what_a_socket_sees(tabs, server):
    page = stream(tabs.open(), server, version="streamed", route="/start", token=TOKEN)
    subscribe(page)
    settled(page, "c.authorized === true && c.stats.versions.streamed === 1")
    assert page.evaluate("() => c.stats.connections.map((row) => row.id)") == [page.evaluate("() => c.id")]
    peers = [Peer(server.url, "__proto__", f"/{i}") for i in range(5)]
    settled(page, "c.stats.total === 6 && Object.entries(c.stats.versions).length === 2")
    page.evaluate("() => { c.setRoute('/moved'); }")
    settled(page, "c.stats.routes['/moved'] === 1 && !('/start' in c.stats.routes)")
    assert peers[0].statistics(TOKEN)["routes"]["/moved"] == 1
    for peer in peers:
        peer.close()
    settled(page, "c.stats.total === 1 && c.stats.connections.length === 1")


def test_unsubscribing_a_stream_ends_its_statistics(tabs, server):
    page = stream(tabs.open(), server, token=TOKEN)
    subscribe(page)
    settled(page, "c.stats.total === 1")
    first = page.evaluate("() => c.id")
    page.evaluate("() => stop()")
    settled(page, f"c.state === 'open' && c.id !== '{first}' && c.authorized === null")
    watcher = Peer(server.url, "watcher")
    wait_until(lambda: watcher.statistics(TOKEN)["total"] == 2)
    assert page.evaluate("() => c.stats.total") == 0
    watcher.close()


def test_a_stream_comes_back_after_a_kill_subscribed_and_at_its_newest_route(tabs, server):
    page = stream(tabs.open(clock=True), server, version="v1", route="/before", token=TOKEN)
    subscribe(page)
    settled(page, "c.stats.total === 1")
    server.kill()
    settled(page, "c.state === 'waiting'")
    page.evaluate("() => c.setRoute('/after')")
    server.start(release="r2")
    recovers(page)
    settled(page, "c.release === 'r2' && c.stats.routes['/after'] === 1 && c.stats.total === 1")


def test_a_closed_tab_leaves_the_counts(tabs, server):
    pages = [stream(tabs.open(), server, version=f"v{i}") for i in range(3)]
    watcher = Peer(server.url, "watcher")
    wait_until(lambda: watcher.statistics(TOKEN)["total"] == 4)
    pages[0].close()
    wait_until(lambda: watcher.statistics(TOKEN)["versions"] == {"v1": 1, "v2": 1, "watcher": 1})
    watcher.close()


def test_ten_tabs_on_http_1_share_a_stream_so_that_the_app_still_loads(tabs, server):
    pages = [start(tabs.open(), server.url, version="v1", transport="sse") for _ in range(10)]
    for page in pages:
        settled(page, "c.state === 'open'")
    watcher = Peer(server.url, "watcher")
    wait_until(lambda: watcher.statistics(TOKEN)["versions"] == {"v1": 10, "watcher": 1})
    assert pages[9].evaluate("async () => (await fetch('/blank.html')).status") == 200
    subscribe(pages[9], token=TOKEN)
    settled(pages[9], "c.stats.total === 11 && c.stats.connections.length === 11")
    pages[0].close()
    settled(pages[9], "c.state === 'open' && c.stats.total === 10 && c.log.filter(([n]) => n === 'connected').length === 2")
    watcher.close()


def test_a_tab_that_moved_before_it_leads_is_counted_where_it_is(tabs, server):
    pages = [start(tabs.open(), server.url, version="1.2+3", transport="sse", route=f"/tab {i}") for i in range(3)]
    for page in pages:
        settled(page, "c.state === 'open'")
    watcher = Peer(server.url, "watcher", "/watcher")
    wait_until(lambda: watcher.statistics(TOKEN)["versions"] == {"1.2+3": 3, "watcher": 1})
    pages[1].evaluate("() => c.setRoute('/moved + on')")
    wait_until(lambda: watcher.statistics(TOKEN)["routes"].keys() == {"/tab 0", "/moved + on", "/tab 2", "/watcher"})
    pages.pop(0).close()
    settled(pages[0], "c.log.filter(([name]) => name === 'connected').length === 2")
    wait_until(lambda: watcher.statistics(TOKEN)["total"] == 3)
    assert watcher.statistics(TOKEN)["routes"].keys() == {"/moved + on", "/tab 2", "/watcher"}
    assert watcher.statistics(TOKEN)["versions"] == {"1.2+3": 2, "watcher": 1}
    watcher.close()


def test_tabs_with_the_longest_routes_share_a_stream_as_far_as_there_is_room(tabs, server):
    """Twenty such routes are longer than a request may be."""
    pages = [start(tabs.open(), server.url, version="v1", transport="sse", route=f"/{i:02}{'製' * 253}") for i in range(20)]
    for page in pages:
        settled(page, "c.state === 'open'")
    watcher = Peer(server.url, "watcher")
    wait_until(lambda: watcher.statistics(TOKEN)["versions"] == {"v1": 15, "watcher": 1})
    for page in pages[10:]:
        page.close()
    wait_until(lambda: watcher.statistics(TOKEN)["versions"] == {"v1": 10, "watcher": 1})
    watcher.close()
