"""The browser client in a real Chromium, against the server."""

import gzip
import random
import shutil
import subprocess
import time
import urllib.request

import pytest
from conftest import ASSETS, TOKEN, Tabs, wait_until
from observer import Peer

HOSTILE = ["__proto__", "constructor", "toString", "(other)", "<img src=x onerror=alert(1)>", "a\u202eb", "é" * 100, "/a b?c=d&e"]


def start(page, url, **options):
    page.wait_for_function("() => !!window.open_")
    page.evaluate("options => { window.c = open_(options); }", {"url": url, **options})
    return page


def is_open(page):
    page.wait_for_function("() => c.state === 'open'")


def subscribe(page, **options):
    page.evaluate("options => { window.stop = c.subscribe(options); }", options)


def sent(page, part=""):
    return [message for message in page.evaluate("() => sent") if part in message]


def settled(page, condition):
    page.wait_for_function(f"() => {condition}")


# Authorization


def test_a_tab_without_the_token_goes_from_pending_to_denied(tabs, server):
    page = start(tabs.open(), server.url)
    assert page.evaluate("() => { c.subscribe(); return c.authorized; }") is None
    settled(page, "c.authorized === false")
    assert page.evaluate("() => c.stats.total") == 0
    assert page.evaluate("() => c.log.map(([name]) => name)").count("unauthorized") == 1


def test_a_tab_with_the_token_goes_from_pending_to_authorized(tabs, server):
    page = start(tabs.open(), server.url, version="v1", route="/start", token=TOKEN)
    assert page.evaluate("() => { c.subscribe(); return c.authorized; }") is None
    settled(page, "c.authorized === true && c.stats.total === 1")
    stats = page.evaluate("() => c.stats")
    assert stats["versions"] == {"v1": 1} and stats["routes"] == {"/start": 1}
    (row,) = stats["connections"]
    assert abs(row.pop("since") - time.time() * 1000) < 60_000
    assert row == {"id": page.evaluate("() => c.id"), "version": "v1", "route": "/start"}
    assert stats["yourId"] == page.evaluate("() => c.id")


def test_a_denied_tab_is_authorized_once_it_asks_again_with_a_token(tabs, server):
    page = start(tabs.open(), server.url)
    subscribe(page)
    settled(page, "c.authorized === false")
    page.evaluate("token => { c.subscribe({ token: async () => token }); }", TOKEN)
    settled(page, "c.authorized === true && c.stats.total === 1")


def test_unsubscribing_ends_the_statistics_and_goes_back_to_pending(tabs, server):
    page = start(tabs.open(), server.url, token=TOKEN)
    subscribe(page)
    settled(page, "c.stats.total === 1")
    page.evaluate("() => stop()")
    assert page.evaluate("() => [c.authorized, c.stats.total]") == [None, 0]
    wait_until(lambda: sent(page, "unsubscribe-stats"))
    seen = page.evaluate("() => c.log.length")
    other = Peer(server.url, "v2")
    assert other.statistics(TOKEN)["total"] == 2
    assert page.evaluate("() => c.log.length") == seen and page.evaluate("() => c.state") == "open"
    other.close()


def test_summary_counts_without_rows(tabs, server):
    page = start(tabs.open(), server.url, token=TOKEN, version="v1")
    subscribe(page, fields=["total", "versions"])
    settled(page, "c.stats.total === 1")
    assert page.evaluate("() => c.stats.connections") == []
    assert sent(page, '"mode":"summary"')


# Statistics


def comparable(stats):
    rows = sorted((r["id"], r["version"], r["route"]) for r in stats["connections"])
    return stats["total"], dict(stats["versions"]), dict(stats["routes"]), rows


@pytest.mark.parametrize("seed", [1, 2])
def test_deltas_add_up_to_the_snapshot_over_a_random_churn(tabs, server, seed):
    page = start(tabs.open(), server.url, token=TOKEN, version="viewer")
    subscribe(page)
    settled(page, "c.authorized === true")
    chance, peers = random.Random(seed), []
    for step in range(120):
        action = chance.choice(["open", "open", "move", "close"])
        if action == "open" or not peers:
            peers.append(Peer(server.url, chance.choice(HOSTILE), chance.choice(HOSTILE)))
        elif action == "move":
            chance.choice(peers).move(chance.choice(HOSTILE))
        else:
            peers.pop(chance.randrange(len(peers))).close()
        if step % 10 == 9:
            peers or peers.append(Peer(server.url, "one"))
            # Entries, because a bare object loses `__proto__` on its way out of the browser.
            read = "() => ({ ...c.stats, versions: Object.entries(c.stats.versions), routes: Object.entries(c.stats.routes) })"
            wait_until(lambda: comparable(page.evaluate(read)) == comparable(peers[-1].statistics(TOKEN)))
    updates = page.evaluate("() => c.log.filter(([name]) => name === 'stats').length")
    assert updates > 10 and len(sent(page, "subscribe-stats")) == 1
    for peer in peers:
        peer.close()
    settled(page, "c.stats.total === 1 && c.stats.connections.length === 1 && Object.keys(c.stats.versions).length === 1")


def test_untrusted_names_are_ordinary_keys(tabs, server):
    page = start(tabs.open(), server.url, token=TOKEN, version="__proto__", route="/constructor")
    subscribe(page)
    settled(page, "Object.entries(c.stats.versions).length === 1")
    assert page.evaluate("() => c.stats.versions['__proto__']") == 1
    assert page.evaluate("() => c.stats.versions.constructor === undefined && ({}).polluted === undefined")
    assert page.evaluate("() => c.stats.connections[0].version") == "__proto__"


def test_the_statistics_of_an_earlier_event_stay_as_they_were(tabs, server):
    page = start(tabs.open(), server.url, token=TOKEN, version="v1")
    subscribe(page)
    settled(page, "c.stats.total === 1")
    page.evaluate("() => { window.before = c.stats; }")
    peer = Peer(server.url, "v2")
    settled(page, "c.stats.total === 2")
    assert page.evaluate("() => [before.total, before.connections.length, Object.keys(before.versions)]") == [1, 1, ["v1"]]
    peer.close()


# Tabs


def test_ten_tabs_are_ten_connections_each_with_its_own_version(tabs, server):
    pages = [start(tabs.open(), server.url, version=f"v{i % 3}") for i in range(10)]
    watcher = Peer(server.url, "watcher")
    wait_until(lambda: watcher.statistics(TOKEN)["versions"] == {"v0": 4, "v1": 3, "v2": 3, "watcher": 1})
    for page in pages[:4]:
        page.close()
    wait_until(lambda: watcher.statistics(TOKEN)["total"] == 7)
    watcher.close()


def test_a_tab_is_one_connection_however_often_it_is_asked_for(tabs, server):
    page = start(tabs.open(), server.url, version="v1")
    assert page.evaluate("url => connect({ url: url + '/' }) === c", server.url)
    is_open(page)
    watcher = Peer(server.url, "watcher")
    assert watcher.statistics(TOKEN)["total"] == 2
    page.evaluate("() => c.close()")
    wait_until(lambda: watcher.statistics(TOKEN)["total"] == 1)
    assert page.evaluate("url => { window.d = connect({ url }); return d !== c; }", server.url)
    page.wait_for_function("() => d.state === 'open' && c.state === 'closed'")
    watcher.close()


def test_a_page_in_the_back_forward_cache_is_not_open_and_comes_back(tabs, server):
    page = tabs.open(init="addEventListener('pageshow', (event) => { window.restored = event.persisted; });")
    start(page, server.url, version="cached", token=TOKEN)
    subscribe(page)
    settled(page, "c.stats.total === 1")
    page.evaluate("() => { c.log.length = 0; window.mark = 'the same page'; }")
    watcher = Peer(server.url, "watcher")
    page.goto(tabs.site + "/elsewhere")
    wait_until(lambda: watcher.statistics(TOKEN)["total"] == 1)
    page.go_back(wait_until="commit")
    page.wait_for_function("() => window.mark === 'the same page' && window.restored")
    settled(page, "c.state === 'open' && c.stats.total === 2")
    assert page.evaluate("() => c.log.filter(([name]) => name === 'state').map(([, state]) => state)") == [
        "idle",
        "connecting",
        "open",
    ]
    watcher.close()


@pytest.mark.parametrize(
    "agent, connects",
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", False),
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/130 Safari/537.36", False),
        ("Mozilla/5.0 (compatible; Yahoo! Slurp)", False),
        ("Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36", True),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:130.0) Gecko/20100101 Firefox/130.0", True),
    ],
)
def test_bots_do_not_connect(chromium, site, server, console, agent, connects):
    tabs = Tabs(chromium, site, console, user_agent=agent)
    page = start(tabs.open(), server.url)
    page.evaluate("() => { c.trackHistory(); c.subscribe(); c.setRoute('/x'); }")
    if connects:
        is_open(page)
    else:
        page.wait_for_timeout(300)
        assert page.evaluate("() => c.state") == "idle"
    tabs.close()


# Routes


def test_the_route_follows_the_history(tabs, server):
    page = tabs.open("/first")
    page.wait_for_function("() => !!window.open_")
    page.evaluate("url => { window.c = open_({ url }).trackHistory(); }", server.url)
    watcher = Peer(server.url, "watcher", "/watcher")

    def is_at(route):
        wait_until(lambda: route in watcher.statistics(TOKEN)["routes"])

    is_at("/first")
    assert not sent(page, "route-update")  # it was in the address already
    page.evaluate("() => history.pushState({}, '', '/second?q=secret')")
    is_at("/second")
    page.evaluate("() => history.replaceState({}, '', '/third')")
    is_at("/third")
    page.evaluate("() => history.back()")
    is_at("/first")
    watcher.close()


def test_a_route_that_changes_while_connecting_is_told(tabs, server):
    page = tabs.open()
    page.wait_for_function("() => !!window.open_")
    route_once_connecting = """async (url) => {
        window.c = open_({ url, route: '/early' });
        while (c.state !== 'connecting') await null;
        await null;
        c.setRoute('/late');
    }"""
    page.evaluate(route_once_connecting, server.url)
    is_open(page)
    watcher = Peer(server.url, "watcher", "/watcher")
    wait_until(lambda: watcher.statistics(TOKEN)["routes"] == {"/late": 1, "/watcher": 1})
    watcher.close()


def test_a_burst_of_routes_is_a_few_messages_and_ends_at_the_last(tabs, server):
    page = start(tabs.open(), server.url)
    is_open(page)
    page.evaluate("() => { for (let i = 0; i <= 500; i++) c.setRoute('/burst/' + i); }")
    watcher = Peer(server.url, "watcher")
    wait_until(lambda: "/burst/500" in watcher.statistics(TOKEN)["routes"])
    assert len(sent(page)) <= 3
    page.evaluate("() => c.setRoute('/' + 'é'.repeat(5000))")
    wait_until(lambda: any(route.startswith("/éé") for route in watcher.statistics(TOKEN)["routes"]))
    assert page.evaluate("() => c.state") == "open"
    watcher.close()


def test_one_script_tag_is_all_a_page_needs(tabs, server):
    page = tabs.open("/tag.html")
    watcher = Peer(server.url, "watcher", "/watcher")
    wait_until(lambda: watcher.statistics(TOKEN)["versions"] == {"tagged": 1, "watcher": 1})
    page.evaluate("() => history.pushState({}, '', '/onward')")
    wait_until(lambda: watcher.statistics(TOKEN)["routes"] == {"/onward": 1, "/watcher": 1})
    watcher.close()


@pytest.mark.parametrize("way", ["ws", "sse", "tag"])
def test_a_version_with_a_blank_and_a_plus_is_counted_as_it_is(tabs, server, way):
    if way == "tag":
        tabs.open("/tag-version.html")
    else:
        is_open(start(tabs.open(), server.url, version="build 4+2", transport=way, share=False))
    watcher = Peer(server.url, "watcher")
    wait_until(lambda: watcher.statistics(TOKEN)["versions"] == {"build 4+2": 1, "watcher": 1})
    watcher.close()


# Losing the server


def recovers(page):
    """Lets the page's clock run to the next attempt until one succeeds."""

    def attempt():
        if page.evaluate("() => c.state === 'waiting'"):
            page.clock.run_for(page.evaluate("() => Math.max(1, Math.ceil(c.retryAt - Date.now()))"))
        return page.evaluate("() => c.state === 'open'")

    wait_until(attempt)


def test_after_a_kill_the_tab_comes_back_subscribed_and_at_its_newest_route(tabs, server):
    page = tabs.open(clock=True)
    start(page, server.url, version="v1", route="/before", token=TOKEN)
    subscribe(page)
    settled(page, "c.stats.total === 1")
    first = page.evaluate("() => c.id")
    server.kill()
    settled(page, "c.state === 'waiting'")
    assert page.evaluate("() => [c.authorized, c.stats.total]") == [True, 1]  # the last known state stays on the screen
    page.evaluate("() => c.setRoute('/after')")
    server.start(release="r2")
    recovers(page)
    settled(page, "c.state === 'open' && c.stats.routes['/after'] === 1 && c.stats.total === 1")
    assert page.evaluate("() => c.stats.yourId === c.id && c.id") != first
    assert page.evaluate("() => c.log.filter(([name]) => name === 'version').map(([, release]) => release)") == ["r1", "r2"]


def test_a_server_that_stands_still_is_noticed(tabs, server):
    page = tabs.open(clock=True)
    start(page, server.url)
    is_open(page)
    server.pause()
    page.clock.run_for(61_000)
    page.clock.run_for(11_000)
    settled(page, "c.state === 'waiting' || c.state === 'connecting'")
    server.resume()
    recovers(page)


def test_a_quiet_link_is_kept(tabs, server):
    page = tabs.open(clock=True)
    start(page, server.url)
    is_open(page)
    for _ in range(4):
        before = page.evaluate("() => heard.filter((text) => text.includes('pong')).length")
        page.clock.run_for(60_100)
        settled(page, f"heard.filter((text) => text.includes('pong')).length === {before + 1}")
        page.clock.run_for(10_100)
    assert page.evaluate("() => c.log.filter(([name]) => name === 'connected').length") == 1


# Without a browser


def test_the_module_loads_on_a_server_without_a_window(tmp_path):
    # As in a project of modules: Debian's node 18 takes a lone .js file for CommonJS.
    shutil.copytree(ASSETS, tmp_path, dirs_exist_ok=True)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    program = """
        const { connect } = await import(process.argv[1]);
        const connection = connect({ url: '/__skew', route: '/a' }).trackHistory();
        connection.on('state', () => {});
        connection.subscribe()();
        connection.setRoute('/b');
        if (connect() === connection) throw new Error('two visitors share a connection');
        console.log(connection.state, connection.authorized, connection.stats.total);
        connection.close();
    """
    run = subprocess.run(
        ["node", "--input-type=module", "-e", program, str(tmp_path / "client.js")],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (run.stdout.strip(), run.stderr) == ("idle null 0", "")


def test_the_client_is_at_most_3_kilobytes_as_sent(server):
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/__skew/client.js", headers={"accept-encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        packed = answer.read()
    assert answer.headers["content-encoding"] == "gzip" and len(packed) <= 3 * 1024
    assert b"export function connect" in gzip.decompress(packed)
