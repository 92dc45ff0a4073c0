"""The recipes of Docker/examples/apps: each is built and looked at, in Chromium and in Firefox."""

import json
import os
import shutil
import socket
import subprocess

import bundles
import pytest
from conftest import ROOT, TOKEN, free_port, wait_until
from observer import Peer
from test_client import settled

APPS = ROOT / "Docker/examples/apps"
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The folder of a recipe, built."""
    app = bundles.App(tmp_path_factory.mktemp("apps"))

    def build(name):
        folder = app.folder / name
        if not folder.exists():
            shutil.copytree(APPS / name, folder)
            for source in folder.glob("main.ts*"):
                app.esbuild(source, folder / "main.js", "--format=esm", '--define:BUILD="build-42"')
        return app, folder

    return build


def open_recipe(tabs, folder, query=""):
    tabs.served.mounted["recipe"] = folder
    return tabs.open(f"/recipe/index.html{query}")


def test_typescript_tells_its_build_and_offers_a_reload(tabs, server, built):
    app, folder = built("typescript")
    page = open_recipe(tabs, folder)
    watcher = Peer(server.url, "watcher", "/watcher")
    wait_until(lambda: watcher.statistics(TOKEN)["routes"] == {"/recipe/index.html": 1, "/watcher": 1})
    assert watcher.statistics(TOKEN)["versions"] == {"build-42": 1, "watcher": 1}
    page.get_by_text("A new version is out").wait_for()  # the server's release is another one
    watcher.close()
    config = {"compilerOptions": {"strict": True, "module": "node16", "moduleResolution": "node16", "target": "es2022", "noEmit": True, "types": []}}
    app.run("tsc", "--project", app.write("typescript/tsconfig.json", json.dumps(config | {"files": ["main.ts"]})))


@pytest.mark.skipif(not bundles.has_react(), reason="Debian's node-react-dom is not installed")
def test_react_shows_who_is_here(tabs, server, built):
    _, folder = built("react")
    page = open_recipe(tabs, folder)
    page.get_by_text("You may not see who is here.").wait_for()
    page.evaluate("token => sessionStorage.setItem('skewwatch.token', token)", TOKEN)
    page.reload()
    page.get_by_text("1 tabs are open").wait_for()
    page.get_by_text("build-42: 1").wait_for()
    peer = Peer(server.url, "build-41")
    page.get_by_text("2 tabs are open").wait_for()
    peer.close()


def test_the_svelte_store_has_the_contract_of_a_store(tabs, server, built):
    app, folder = built("svelte")
    entry = app.write("svelte/entry.ts", "import { activeConnections } from './connections'; Object.assign(window, { activeConnections });")
    app.esbuild(entry, folder / "main.js", "--format=esm")
    (folder / "index.html").write_text('<!doctype html><link rel="icon" href="data:,"><script type="module" src="main.js"></script>')
    page = open_recipe(tabs, folder)
    settled(page, "window.activeConnections")
    page.evaluate("""token => {
        window.store = activeConnections({ version: 'build-42', token });
        window.views = [];
        window.ends = [store.subscribe((view) => views.push(view)), store.subscribe(() => {})];
    }""", TOKEN)
    assert page.evaluate("() => [views[0].authorized, views[0].total]") == [None, 0]  # at once, as a store must
    settled(page, "views.at(-1).total === 1 && views.at(-1).isLive")
    page.evaluate("() => ends.forEach((end) => end())")
    seen = page.evaluate("() => views.length")
    Peer(server.url, "other").close()
    page.wait_for_timeout(200)
    assert page.evaluate("() => views.length") == seen
    wait_until(lambda: any("unsubscribe-stats" in message for message in page.evaluate("() => sent")))


# As much of Solid as the recipe uses.
SOLID = """
export function createSignal(value) {
    return [() => value, (next) => { value = typeof next === 'function' ? next(value) : next; window.changes = (window.changes ?? 0) + 1; }];
}
export const onCleanup = (act) => (window.cleanups ??= []).push(act);
"""


def test_the_solid_signal_follows_and_ends_with_its_owner(tabs, server, built):
    app, folder = built("solid")
    app.write("node_modules/solid-js/package.json", '{"name": "solid-js", "type": "module", "main": "index.js"}')
    app.write("node_modules/solid-js/index.js", SOLID)
    entry = app.write("solid/entry.ts", "import { createActiveConnections } from './connections'; Object.assign(window, { createActiveConnections });")
    app.esbuild(entry, folder / "main.js", "--format=esm")
    (folder / "index.html").write_text('<!doctype html><link rel="icon" href="data:,"><script type="module" src="main.js"></script>')
    page = open_recipe(tabs, folder)
    settled(page, "window.createActiveConnections")
    page.evaluate("token => { window.connections = createActiveConnections({ version: 'build-42', token }); window.first = connections(); }", TOKEN)
    assert page.evaluate("() => [first.authorized, first.total, first.isLive]") == [None, 0, False]
    settled(page, "connections().total === 1 && connections().isLive && connections().versions['build-42'] === 1")
    page.evaluate("() => cleanups.forEach((end) => end())")
    wait_until(lambda: any("unsubscribe-stats" in message for message in page.evaluate("() => sent")))
    seen = page.evaluate("() => changes")
    watcher = Peer(server.url, "other")
    assert watcher.statistics(TOKEN)["total"] == 2 and page.evaluate("() => changes") == seen
    watcher.close()
    config = {"compilerOptions": {"strict": True, "module": "node16", "moduleResolution": "node16", "target": "es2022", "noEmit": True, "types": []}}
    app.write("node_modules/solid-js/index.d.ts", "export function createSignal<T>(value: T): [() => T, (next: (before: T) => T) => T];\nexport function onCleanup(act: () => void): void;\n")
    app.run("tsc", "--project", app.write("solid/tsconfig.json", json.dumps(config | {"files": ["connections.ts"]})))


def test_nexts_route_says_who_may_watch(built, tmp_path):
    app, folder = built("next")
    app.esbuild(folder / "app/api/skew-authorize/route.ts", tmp_path / "route.mjs", "--platform=node", "--format=esm")
    program = """
        const { POST } = await import(process.argv[1]);
        const ask = async (cookie) => {
            const answer = await POST(new Request('http://app/api/skew-authorize', { method: 'POST', headers: { cookie } }));
            return [answer.status, await answer.text()];
        };
        console.log(JSON.stringify([await ask('a=b; sid=an-admin'), await ask('sid=a-guest'), await ask('')]));
    """
    run = subprocess.run(["node", "--input-type=module", "-e", program, str(tmp_path / "route.mjs")], capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(run.stdout) == [[200, '{"scope":"connections","ttl":300}'], [403, ""], [401, ""]]


def test_next_hands_the_base_path_on():
    program = "const { default: config } = await import(process.argv[1]); console.log(JSON.stringify(await config.rewrites()));"
    run = subprocess.run(["node", "--input-type=module", "-e", program, str(APPS / "next/next.config.mjs")], capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(run.stdout) == [{"source": "/__skew/:path*", "destination": "http://127.0.0.1:8080/__skew/:path*"}]


def test_vites_proxy_passes_sockets_and_the_host_on(built, tmp_path):
    app, folder = built("vite")
    app.write("node_modules/vite/package.json", '{"name": "vite", "type": "module", "main": "index.js"}')
    app.write("node_modules/vite/index.js", "export const defineConfig = (config) => config;")
    app.esbuild(folder / "vite.config.ts", tmp_path / "config.mjs", "--platform=node", "--format=esm")
    program = "const { default: config } = await import(process.argv[1]); console.log(JSON.stringify(config));"
    run = subprocess.run(["node", "--input-type=module", "-e", program, str(tmp_path / "config.mjs")], capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(run.stdout)["server"]["proxy"]["/__skew"] == {"target": "http://127.0.0.1:8080", "ws": True, "changeOrigin": False}


@pytest.fixture(params=["dev", "build"])
def vite(request, server, built):
    """The address of the TypeScript recipe, from Vite's development server or as it built it, with the settings of the Vite recipe."""
    app, _ = built("vite")
    folder = app.folder / f"vite-{request.param}"
    shutil.copytree(APPS / "typescript", folder)
    (folder / "index.html").write_text((folder / "index.html").read_text().replace("main.js", "main.ts"))
    (folder / "vite.config.ts").write_text((APPS / "vite/vite.config.ts").read_text().replace("8080", str(server.port)))
    run = {"cwd": folder, "env": {**os.environ, "BUILD": "build-42"}, "stdout": subprocess.DEVNULL}
    if request.param == "build":
        subprocess.run(["node", bundles.vite(), "build"], check=True, timeout=300, **run)
    port = free_port()
    command = "preview" if request.param == "build" else "dev"
    process = subprocess.Popen(["node", bundles.vite(), command, "--host", "127.0.0.1", "--port", str(port), "--strictPort"], **run)
    try:
        with socket.socket() as probe:
            wait_until(lambda: process.poll() is not None or probe.connect_ex(("127.0.0.1", port)) == 0)
        assert process.poll() is None, "Vite did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


@pytest.mark.skipif(not bundles.vite(), reason="VITE names no vite.js")
def test_an_app_of_vite_is_counted_and_offers_a_reload(tabs, server, vite):
    tabs.site = vite
    page = tabs.open()
    page.get_by_text("A new version is out").wait_for()  # the server's release is another one
    page.evaluate("() => history.pushState({}, '', '/onward')")
    watcher = Peer(server.url, "watcher", "/watcher")
    wait_until(lambda: watcher.statistics(TOKEN)["routes"] == {"/onward": 1, "/watcher": 1})
    assert watcher.statistics(TOKEN)["versions"] == {"build-42": 1, "watcher": 1}
    page.goto("about:blank")
    wait_until(lambda: watcher.statistics(TOKEN)["total"] == 1)
    watcher.close()


def test_a_service_worker_leaves_the_base_path_alone(tabs, server, built):
    _, folder = built("service-worker")
    page = open_recipe(tabs, folder)
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.reload()
    assert page.evaluate("() => !!navigator.serviceWorker.controller")
    watcher = Peer(server.url, "watcher")
    wait_until(lambda: watcher.statistics(TOKEN)["versions"] == {"build-42": 1, "watcher": 1})
    cached = page.evaluate("async () => (await (await caches.open('app-build-42')).keys()).map(({ url }) => new URL(url).pathname)")
    assert cached and not any("__skew" in path for path in cached)
    watcher.close()


@pytest.mark.skipif(not FIREFOX, reason="Firefox is not installed")
@pytest.mark.parametrize("name", ["typescript", "react", "service-worker"])
def test_firefox_is_counted(server, site, console, built, name, tmp_path):
    if name == "react" and not bundles.has_react():
        pytest.skip("Debian's node-react-dom is not installed")
    _, folder = built(name)
    site.mounted["recipe"] = folder
    command = [FIREFOX, "--headless", "--no-remote", "--profile", str(tmp_path), f"{site.origin}/recipe/index.html"]
    firefox = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": str(tmp_path)})
    try:
        wait_until(lambda: server.versions() == {"build-42": 1}, seconds=180)
    finally:
        firefox.terminate()
        firefox.wait(60)
    wait_until(lambda: server.versions() == {})
