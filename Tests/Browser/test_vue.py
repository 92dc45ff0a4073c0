"""The composable in a real Vue 3."""

import json
import subprocess

import pytest
from conftest import ASSETS, TOKEN, vue_build, wait_until
from observer import Peer
from test_client import sent, settled

def widgets(tabs, url, count=1, **options):
    page = tabs.open()
    query = "&".join(f"{key}={value}" for key, value in {"url": url, **options}.items())
    page.goto(f"{tabs.site}/vue.html?{query}")
    page.wait_for_function("() => !!window.widgets")
    show(page, count)
    return page


def show(page, count):
    page.evaluate("async (count) => { widgets.value = count; await Promise.resolve(); }", count)
    settled(page, f"document.querySelectorAll('.widget').length === {count}")


def texts(page):
    return page.evaluate("() => [...document.querySelectorAll('.widget')].map((widget) => widget.innerText)")


def test_authorized_is_null_then_false_for_whom_the_server_denies(tabs, server):
    page = widgets(tabs, server.url)
    settled(page, "authorizedSeen.length === 2")
    assert page.evaluate("() => authorizedSeen") == [None, False]
    assert texts(page)[0].strip() == "false 0"


def test_authorized_is_null_then_true_and_the_numbers_follow(tabs, server):
    page = widgets(tabs, server.url, token=TOKEN, version="v1", route="/mine")
    settled(page, "authorizedSeen.length === 2 && last.total.value === 1")
    assert page.evaluate("() => authorizedSeen") == [None, True]
    peer = Peer(server.url, "v2", "/other")
    settled(page, "last.versions.value.v2 === 1 && last.routes.value['/other'] === 1")
    settled(page, "document.querySelectorAll('i').length === 2")
    assert page.evaluate("() => document.querySelector('i.mine').innerText") == "v1 /mine"
    peer.close()
    settled(page, "last.total.value === 1 && document.querySelectorAll('i').length === 1")


def test_all_callers_share_one_connection_and_one_subscription(tabs, server):
    page = widgets(tabs, server.url, count=5, token=TOKEN, version="v1")
    settled(page, "last.total.value === 1")
    assert {text.strip() for text in texts(page)} == {"true 1 v1=1v1 /vue.html"}
    show(page, 8)
    assert len(sent(page, '"subscribe-stats"')) == 1
    assert Peer(server.url, "v2").statistics(TOKEN)["total"] == 2


def test_each_caller_has_what_it_wants_whoever_came_first(tabs, server):
    page = widgets(tabs, server.url, count=1, token=TOKEN, version="v1", mode="summary")
    settled(page, "last.total.value === 1")
    assert page.evaluate("() => last.connections.value.length") == 0
    page.evaluate("() => { window.scope = use({ mode: 'delta' }); }")
    settled(page, "last.connections.value.length === 1")
    assert [json.loads(message)["mode"] for message in sent(page, '"subscribe-stats"')] == ["summary", "delta"]
    page.evaluate("() => { scope.stop(); }")
    settled(page, "last.connections.value.length === 0")
    assert page.evaluate("() => last.state.value") == "live"


@pytest.mark.console("WebSocket connection to", "net::ERR_")
def test_the_state_says_whether_the_numbers_are_of_now(tabs, server):
    page = widgets(tabs, server.url, token=TOKEN, version="v1")
    settled(page, "last.state.value === 'live' && last.total.value === 1")
    server.kill()
    settled(page, "last.state.value === 'away'")
    assert page.evaluate("() => last.total.value") == 1  # as it was then
    server.start()
    settled(page, "last.state.value === 'live'")
    seen = page.evaluate("() => statesSeen")
    assert seen[:3] == ["connecting", "live", "away"] and set(seen[3:-1]) <= {"away", "connecting"}


def test_the_state_of_whom_the_server_denies(tabs, server):
    page = widgets(tabs, server.url)
    settled(page, "last.state.value === 'denied'")


def test_the_route_is_told_without_being_asked_for_unless_the_app_tells_its_own(tabs, server):
    page = widgets(tabs, server.url, token=TOKEN)
    settled(page, "last.routes.value['/vue.html'] === 1")
    page.evaluate("() => history.pushState({}, '', '/next')")
    settled(page, "last.routes.value['/next'] === 1")
    other = widgets(tabs, server.url, route="/named")
    other.evaluate("() => history.pushState({}, '', '/next')")
    settled(page, "last.routes.value['/named'] === 1 && last.total.value === 2")


def test_a_version_that_comes_later_is_taken_over(tabs, server):
    page = widgets(tabs, server.url, token=TOKEN)
    settled(page, "last.versions.value.r1 === 1")
    page.evaluate("url => { use({ url, version: 'v9' }); }", server.url)
    settled(page, "last.versions.value.v9 === 1 && last.total.value === 1")


def test_the_last_caller_to_go_unsubscribes_and_leaves_nothing_behind(tabs, server):
    page = widgets(tabs, server.url, count=3, token=TOKEN, version="v1")
    settled(page, "last.total.value === 1")
    show(page, 1)
    assert not sent(page, "unsubscribe-stats")
    show(page, 0)
    settled(page, "sent.some((message) => message.includes('unsubscribe-stats'))")
    assert page.evaluate("() => [connection.state, connection.authorized, connection.stats.total]") == ["open", None, 0]
    # With the burst of 40 messages that a server allows, however fast the page is.
    for _ in range(15):
        show(page, 2)
        show(page, 0)
    asked = [json.loads(message)["type"] for message in sent(page, "subscribe-stats")]
    assert asked == ["subscribe-stats", "unsubscribe-stats"] * 16
    show(page, 1)
    settled(page, "last.total.value === 1")


def test_the_listeners_of_callers_that_are_gone_are_gone_too(tabs, server):
    page = tabs.open(
        init="""
        window.listening = 0;
        const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
        const counts = (target) => target.constructor.name === 'Connection';
        EventTarget.prototype.addEventListener = function (...a) { listening += counts(this); return add.apply(this, a); };
        EventTarget.prototype.removeEventListener = function (...a) { listening -= counts(this); return remove.apply(this, a); };
        """
    )
    page.goto(f"{tabs.site}/vue.html?url={server.url}&token={TOKEN}")
    page.wait_for_function("() => !!window.widgets")
    for _ in range(10):
        show(page, 3)
        assert page.evaluate("() => listening") == 3
        show(page, 0)
        assert page.evaluate("() => listening") == 0


def test_a_caller_that_comes_after_a_denial_asks_again(tabs, standin):
    standin.token = None
    page = widgets(tabs, standin.url, token=TOKEN)
    settled(page, "last.authorized.value === false")
    standin.token = TOKEN
    show(page, 2)
    settled(page, "last.authorized.value === true && last.total.value === 1")


def test_hostile_names_are_text(tabs, server):
    names = ["<img/src=x/onerror=alert(1)>", "__proto__", "a\u202eb"]
    peers = [Peer(server.url, name, name) for name in names]
    page = widgets(tabs, server.url, token=TOKEN, version="v1")
    settled(page, "last.total.value === 4")
    bold = page.evaluate("() => [...document.querySelectorAll('b')].map((b) => b.textContent)")
    assert "<img/src=x/onerror=alert(1)>=1" in bold and "__proto__=1" in bold
    assert page.evaluate("() => document.querySelectorAll('img').length") == 0
    for peer in peers:
        peer.close()


def test_on_a_server_the_composable_opens_nothing_and_shares_nothing(tmp_path):
    for asset in ("client.js", "callers.js", "vue.js"):
        (tmp_path / asset).write_bytes((ASSETS / asset).read_bytes())
    vue = tmp_path / "node_modules/vue"
    vue.mkdir(parents=True)
    (vue / "package.json").write_text('{"name": "vue", "type": "module", "exports": "./vue.js"}')
    (vue / "vue.js").write_bytes(vue_build().read_bytes())
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "render.js").write_text("""
        import { effectScope } from 'vue';
        import { useActiveConnections } from './vue.js';
        const seen = [0, 1].map(() => effectScope().run(() => useActiveConnections({ url: '/__skew' })));
        const { total, versions, routes, connections, yourId, authorized } = seen[0];
        const values = [total, versions, routes, connections, yourId ?? null, authorized].map((ref) => ref.value ?? null);
        console.log(JSON.stringify(values), globalThis[Symbol.for('skewwatch')].size);
    """)
    run = subprocess.run(["node", str(tmp_path / "render.js")], capture_output=True, text=True, timeout=120)
    assert (run.stdout.strip(), run.stderr) == ("[0,{},{},[],null,null] 0", "")
