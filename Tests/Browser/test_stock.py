"""The Nuxt module's own client, replayed with its faults, and the plugin that mends them."""

import json
import re
import subprocess

import pytest
from conftest import ROOT, TOKEN, wait_until
from observer import Peer
from test_client import settled


def stock(tabs, url, subscribe=False, query="", component=True):
    page = tabs.open(f"/stock.html{query}", clock=True)
    page.wait_for_function("() => !!window.start")
    page.evaluate("([url, subscribe]) => start(url, subscribe)", [url, subscribe])
    if component:
        page.evaluate("() => { window.leave = stock.component(); }")
    return page


def plugged(tabs, url, kind="ws", **options):
    return stock(tabs, url, query=f"?plugin&{kind}", **options)


def lose(server, page):
    """The server goes while the page is connected."""
    settled(page, "stock.open")
    server.kill()
    settled(page, "!stock.open")


def try_again(page, pause, attempts):
    """After a pause the page has tried so many times, in vain."""
    page.clock.run_for(pause)
    settled(page, f"stock.attempts {attempts} && stock.link.readyState === 3")


def versions(watcher):
    return watcher.statistics(TOKEN)["versions"]


def routes(watcher):
    return watcher.statistics(TOKEN)["routes"]


def test_the_stock_client_is_denied_in_the_way_it_knows(tabs, server):
    page = stock(tabs, server.url, True)
    settled(page, "stock.messages.length === 2")
    assert page.evaluate("() => stock.messages[1]") == {"type": "stats-unauthorized"}


@pytest.mark.console("WebSocket connection to")
def test_the_stock_client_survives_a_restart_of_half_a_minute(tabs, server):
    page = stock(tabs, server.url)
    lose(server, page)
    for attempt in range(2, 7):
        try_again(page, 5_000, f"=== {attempt}")
    server.start(release="r2")
    page.clock.run_for(5_000)
    settled(page, "stock.open && stock.messages.at(-1).version === 'r2'")
    page.evaluate("() => stock.send({ type: 'route-update', route: '/shopping' })")
    watcher = Peer(server.url, "watcher", "/watcher")
    assert watcher.statistics(TOKEN)["total"] == 2
    watcher.close()


def test_without_the_plugin_a_tab_that_leaves_the_page_with_the_composable_is_lost(tabs, server):
    page = stock(tabs, server.url)
    settled(page, "stock.open")
    watcher = Peer(server.url, "watcher")
    page.evaluate("() => leave()")
    wait_until(lambda: watcher.statistics(TOKEN)["total"] == 1)
    watcher.close()


# The plugin


@pytest.mark.parametrize("kind", ["ws", "sse"])
def test_the_plugin_tells_the_build_and_the_load_of_the_tab(tabs, server, kind):
    page = plugged(tabs, server.url, kind)
    settled(page, "stock.messages.some((message) => message.type === 'connected' && message.version === 'r1')")
    (url,) = page.evaluate("() => stock.urls")
    assert re.search(r"/(ws|sse)\?route=%2Fstock.html&v=build%204%2B2&t=[0-9-]{16,64}$", url)
    watcher = Peer(server.url, "watcher")
    assert routes(watcher) == {"/stock.html": 1, "/": 1}
    assert versions(watcher) == {"build 4+2": 1, "watcher": 1}
    watcher.close()


@pytest.mark.console("WebSocket connection to", "net::ERR_")
@pytest.mark.parametrize("kind", ["ws", "sse"])
def test_after_a_reconnect_the_route_is_that_of_now(tabs, server, kind):
    page = plugged(tabs, server.url, kind)
    settled(page, "stock.open")
    page.evaluate("() => stock.navigate('/second')")
    server.kill()
    settled(page, "!stock.open || stock.link.readyState === 0")
    server.start()
    page.clock.run_for(9_001)
    settled(page, "stock.messages.filter(({ type }) => type === 'connected').length === 2")
    watcher = Peer(server.url, "watcher", "/watcher")
    wait_until(lambda: routes(watcher) == {"/second": 1, "/watcher": 1})
    if kind == "ws":  # a browser opens a stream again by itself, and keeps to its address
        first, second = page.evaluate("() => stock.urls")
        assert "route=%2Fsecond" in second and second.endswith("&r=1")
        assert re.search("t=[0-9-]+", first)[0] == re.search("t=[0-9-]+", second)[0]
    watcher.close()


def test_a_tab_that_leaves_the_page_with_the_composable_is_still_counted(tabs, server):
    page = plugged(tabs, server.url)
    settled(page, "stock.open")
    page.evaluate("() => leave()")
    page.evaluate("() => stock.navigate('/second')")
    watcher = Peer(server.url, "watcher", "/watcher")
    wait_until(lambda: routes(watcher) == {"/second": 1, "/watcher": 1})
    assert page.evaluate("() => stock.attempts") == 1
    watcher.close()


def test_a_tab_back_from_the_back_forward_cache_is_counted(tabs, server):
    page = plugged(tabs, server.url)
    settled(page, "stock.open")
    page.evaluate("() => { window.mark = 'the same page'; }")
    watcher = Peer(server.url, "watcher")
    page.goto(tabs.site + "/elsewhere")
    wait_until(lambda: watcher.statistics(TOKEN)["total"] == 1)
    page.go_back(wait_until="commit")
    page.wait_for_function("() => window.mark === 'the same page'")
    wait_until(lambda: watcher.statistics(TOKEN)["total"] == 2)
    watcher.close()


@pytest.mark.console("WebSocket connection to")
def test_a_tab_comes_back_however_long_the_server_was_away(tabs, server):
    page = plugged(tabs, server.url)
    lose(server, page)
    for attempt in range(2, 15):
        try_again(page, 9_001, f">= {attempt}")
    server.start()
    page.clock.run_for(9_001)
    settled(page, "stock.open")


# What runs on the app's side


def run(program, *arguments):
    done = subprocess.run(["node", "--input-type=module", "-e", program, *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def example(tmp_path, name):
    """An example as a module for Node: without types there is nothing to take out."""
    file = tmp_path / name.replace(".ts", ".mjs")
    file.write_text((ROOT / "Docker/examples/nuxt" / name).read_text())
    return str(file)


def test_the_route_for_the_authorization_asks_the_hook_that_the_team_has(tmp_path):
    answers = run("""
        globalThis.defineEventHandler = (handler) => handler;
        globalThis.readBody = async (event) => event.body;
        globalThis.createError = (fields) => Object.assign(new Error(), fields);
        const seen = [];
        globalThis.useNitroApp = () => ({ hooks: { callHook: async (name, { id, event, authorize }) => {
            seen.push(name, id);
            if (event.user === 'admin') authorize();
        } } });
        const { default: handler } = await import(process.argv[1]);
        const ask = (user) => handler({ user, body: { connectionId: 'one' } }).catch((error) => error.statusCode);
        console.log(JSON.stringify([await ask('admin'), await ask('guest'), ...seen.slice(0, 2)]));
    """, example(tmp_path, "skew-authorize.post.ts"))
    assert answers == [{"scope": "connections", "ttl": 300}, 403, "skew:authorize-stats", "one"]


def test_the_adapter_announces_a_build(server, tmp_path):
    watcher = Peer(server.url, "build-41")
    program = """
        const { skewWatchAdapter } = await import(process.argv[1]);
        const [url, token] = process.argv.slice(2);
        await skewWatchAdapter({ url, token }).broadcast('build-42');
        const refused = await skewWatchAdapter({ url, token: 'wrong' }).broadcast('build-43').catch((error) => error.message);
        console.log(JSON.stringify(refused));
    """
    url = f"http://127.0.0.1:{server.port}/__skew"
    refused = run(program, example(tmp_path, "skewwatch.adapter.ts"), url, server.admin_token)
    assert watcher.next("version")["version"] == "build-42"
    assert refused.startswith("SkewWatch did not take the release: 401")
    watcher.close()
