"""The Nuxt module's own client, replayed: its fixed retries, and the plugin that tells its build."""

import pytest
from conftest import TOKEN
from observer import Peer
from test_client import settled


def stock(tabs, url, subscribe):
    page = tabs.open("/stock.html", clock=True)
    page.wait_for_function("() => !!window.start")
    page.evaluate("([url, subscribe]) => start(url, subscribe)", [url, subscribe])
    return page


def test_the_plugin_tells_the_build_of_the_tab(tabs, server):
    page = stock(tabs, server.url, False)
    settled(page, "stock.messages.some((message) => message.type === 'connected' && message.version === 'r1')")
    watcher = Peer(server.url, "watcher")
    assert watcher.statistics(TOKEN)["versions"] == {"build+42": 1, "watcher": 1}
    assert watcher.statistics(TOKEN)["routes"] == {"/start": 1, "/": 1}
    watcher.close()


def test_the_stock_client_is_denied_in_the_way_it_knows(tabs, server):
    page = stock(tabs, server.url, True)
    settled(page, "stock.messages.length === 2")
    assert page.evaluate("() => stock.messages[1]") == {"type": "stats-unauthorized"}


@pytest.mark.console("WebSocket connection to")
def test_the_stock_client_survives_a_restart_of_half_a_minute(tabs, server):
    page = stock(tabs, server.url, False)
    settled(page, "stock.open")
    server.kill()
    settled(page, "!stock.open")
    for attempt in range(2, 7):
        page.clock.run_for(5_000)
        settled(page, f"stock.attempts === {attempt} && stock.socket.readyState === 3")
    server.start(release="r2")
    page.clock.run_for(5_000)
    settled(page, "stock.open && stock.messages.at(-1).version === 'r2'")
    page.evaluate("() => stock.send({ type: 'route-update', route: '/shopping' })")
    watcher = Peer(server.url, "watcher", "/watcher")
    assert watcher.statistics(TOKEN)["total"] == 2
    watcher.close()


def test_the_plugin_tells_the_build_on_a_stream_too(tabs, server):
    page = stock(tabs, server.url, False)
    address = page.evaluate("""async () => {
        const config = { url: '/__skew/sse' };
        (await import('/skewwatch.client.ts')).default.hooks['skew:sse:config'](config);
        return config.url;
    }""")
    assert address == "/__skew/sse?v=build%2B42"
