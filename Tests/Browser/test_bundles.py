"""The client as an installed package: what bundlers make of it counts like the file that the server sends."""

import json
import re
import subprocess
import urllib.request

import bundles
import pytest
from conftest import ASSETS, ROOT, TOKEN, wait_until
from observer import Peer
from test_client import settled

APP = """
import { connect } from 'skewwatch';
const transport = new URLSearchParams(location.search).get('transport') ?? undefined;
window.c = connect({ version: 'build-42', transport, share: false }).trackHistory();
"""


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    app = bundles.App(tmp_path_factory.mktemp("app"))
    app.write("src/app.js", APP)
    return app


PAGE = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>app</title><div id="app"></div><script {} src="{}"></script>'


def open_app(tabs, folder, script, kind, query=""):
    """The page of an app whose bundle lies in a folder."""
    tabs.served.mounted["app"] = folder
    (folder / "index.html").write_text(PAGE.format(kind, script))
    return tabs.open(f"/app/index.html{query}")


def esbuild(*flags):
    return lambda app, folder: app.esbuild("src/app.js", folder / "client.js", *flags)


# Each bundle is called client.js, like the file that once took its own address for the server's.
BUNDLES = {
    "esbuild, a module": ("client.js", "type=module", esbuild("--format=esm")),
    "esbuild, a script": ("client.js", "", esbuild("--format=iife", "--minify")),
    "rollup, modules": ("client.js", "type=module", lambda app, folder: app.rollup("src/app.js", format="es", dir=str(folder), entryFileNames="client.js")),
    "rollup, a script": ("client.js", "defer", lambda app, folder: app.rollup("src/app.js", format="iife", file=str(folder / "client.js"), inlineDynamicImports=True)),
    "webpack": ("client.js", "defer", lambda app, folder: app.webpack("src/app.js", folder, "client.js")),
}


def test_the_example_of_the_readme_goes_through_a_bundler_as_it_stands(app, tmp_path):
    example = re.search(r"```js\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    app.write("src/readme.js", example)
    app.esbuild("src/readme.js", tmp_path / "readme.js", "--format=esm")
    assert "offerReload" in (made := (tmp_path / "readme.js").read_text()) and 'from "skewwatch"' not in made


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundled_app_is_counted(tabs, server, app, name, tmp_path):
    script, kind, build = BUNDLES[name]
    build(app, tmp_path)
    watcher = Peer(server.url, "watcher", "/watcher")
    for transport in ("ws", "sse"):
        page = open_app(tabs, tmp_path, script, kind, f"?transport={transport}")
        settled(page, "window.c?.state === 'open'")
        assert watcher.statistics(TOKEN)["versions"] == {"build-42": 1, "watcher": 1}
        page.evaluate("() => history.pushState({}, '', '/onward')")
        wait_until(lambda: watcher.statistics(TOKEN)["routes"] == {"/onward": 1, "/watcher": 1})
        page.close()
        wait_until(lambda: watcher.statistics(TOKEN)["total"] == 1)
    watcher.close()


def test_a_development_server_that_serves_sources_one_by_one_changes_nothing(tabs, server, app):
    """As Vite's: the package's files keep their names, in a folder that is not the server's."""
    folder = app.folder / "node_modules/skewwatch"
    app.write("node_modules/skewwatch/dev.js", APP.replace("'skewwatch'", "'./client.js'"))
    page = open_app(tabs, folder, "dev.js", "type=module", "?transport=sse")
    settled(page, "window.c?.state === 'open'")


VUE = """
import { createApp } from 'vue';
import { useActiveConnections } from 'skewwatch/vue';
createApp({
  setup: () => useActiveConnections({ version: 'build-42', token: '%s' }),
  render() { return `${this.state} ${this.total} ${JSON.stringify(this.versions)}`; },
}).mount('#app');
"""
REACT = """
import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { useActiveConnections } from 'skewwatch/react';
function Widget() {
  const { total, versions, state } = useActiveConnections({ version: 'build-42', token: '%s' });
  return createElement('p', null, `${state} ${total} ${JSON.stringify(versions)}`);
}
const root = createRoot(document.getElementById('app'));
root.render(createElement(StrictMode, null, createElement(Widget), createElement(Widget)));
window.end = () => root.unmount();
"""


def test_a_vue_app_shows_the_statistics(tabs, server, app, tmp_path):
    app.esbuild(app.write("src/vue.js", VUE % TOKEN), tmp_path / "app.js", "--format=esm")
    page = open_app(tabs, tmp_path, "app.js", "type=module")
    page.wait_for_selector("""text='live 1 {"build-42":1}'""")


@pytest.mark.skipif(not bundles.has_react(), reason="Debian's node-react-dom is not installed")
def test_a_react_app_shows_the_statistics_and_leaves_nothing_behind(tabs, server, app, tmp_path):
    app.esbuild(app.write("src/react.js", REACT % TOKEN), tmp_path / "app.js", "--format=iife")
    page = open_app(tabs, tmp_path, "app.js", "defer")
    settled(page, "document.querySelectorAll('p').length === 2")
    for widget in page.locator("p").all():
        widget.get_by_text('live 1 {"build-42":1}').wait_for()
    peer = Peer(server.url, "build-41")
    page.locator("""text='live 2 {"build-42":1,"build-41":1}'""").first.wait_for()
    server.kill()
    page.locator("text=away 2").first.wait_for()
    page.evaluate("() => end()")
    peer.close()


@pytest.mark.skipif(not bundles.has_react(), reason="Debian's node-react-dom is not installed")
def test_on_a_server_the_hook_opens_nothing(app, tmp_path):
    app.write("src/server.js", """
        import { createElement } from 'react';
        import { renderToString } from 'react-dom/server';
        import { useActiveConnections } from 'skewwatch/react';
        console.log(renderToString(createElement(() => JSON.stringify(useActiveConnections()))));
        console.log(globalThis[Symbol.for('skewwatch')].size);
    """)
    app.esbuild("src/server.js", tmp_path / "server.cjs", "--platform=node", "--format=cjs")
    said = subprocess.run(["node", tmp_path / "server.cjs"], capture_output=True, text=True, timeout=120)
    assert said.stderr == "" and said.stdout.splitlines()[1] == "0"
    assert "&quot;total&quot;:0" in said.stdout and "&quot;state&quot;:&quot;connecting&quot;" in said.stdout


def test_the_types_of_the_package_hold_in_an_app(app):
    app.write("src/app.ts", """
        import { connect, type LinkState } from 'skewwatch';
        const connection = connect({ version: 'build-42' }).trackHistory();
        const end: () => void = connection.on('stats', ({ total }) => total.toFixed());
        export const state: LinkState = 'live';
        end();
        // @ts-expect-error: there is no such option
        connect({ buildId: 'x' });
    """)
    config = {"compilerOptions": {"strict": True, "module": "node16", "moduleResolution": "node16", "target": "es2022", "noEmit": True, "types": []}, "files": ["src/app.ts"]}
    app.run("tsc", "--project", app.write("tsconfig.json", json.dumps(config)))


def sent(server, name, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/__skew/{name}", headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def named(app, text):
    """The tokens of a module, with a number for each name of its own."""
    return app.run("env", f"NODE_PATH={bundles.DEBIAN_MODULES}", "node", ROOT / "Tests/Browser/named.cjs", app.write("named.js", text))


def test_what_the_server_sends_is_what_the_sources_say(server, app, tmp_path):
    """The packed files have no comments and no white space, and mean the same."""
    sources = [*ASSETS.glob("*.js"), *ASSETS.glob("*.css")]
    for source in [file for file in sources if not bundles.is_part(file.name)]:
        (tmp_path / source.name).write_bytes(sent(server, source.name))
        if source.name == "client.js":
            source = bundles.tagged_client(tmp_path / "whole.js")
        flags = ["--minify", "--legal-comments=none"]
        if source.name == "dashboard.js":
            flags = ["--minify-whitespace", "--legal-comments=none", "--bundle", "--format=esm", "--external:./client.stream.js"]
        name = "client.js" if source.name == "whole.js" else source.name
        both = [app.run("esbuild", *flags, file) for file in (source, tmp_path / name)]
        if name == "dashboard.js":  # its names are short ones: each must mean what it means in the sources
            both = [named(app, text) for text in both]
        if name.endswith(".css"):  # it leaves custom properties and conditions as they stand
            both = [re.sub("([:,]) ", r"\1", text) for text in both]
        assert both[0] == both[1], name


@pytest.mark.parametrize("accepted, most", [("br, gzip", 30 * 1024), ("gzip", 34_800)])
def test_the_dashboard_is_three_files_of_30_kilobytes(server, accepted, most):
    """No module that it starts with waits for another one; a stream's is asked for where WebSockets do not come through."""
    names = ["dashboard.html", "dashboard.css", "dashboard.js"]
    sizes = {name: len(sent(server, name, **{"Accept-Encoding": accepted})) for name in names}
    assert sum(sizes.values()) <= most, sizes
    assert [name for name in re.findall(rb"""['"]\./([\w.]+)['"]""", sent(server, "dashboard.js"))] == [b"client.stream.js"]


def test_the_package_comes_from_the_server(server, tmp_path):
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/__skew/skewwatch.tgz", timeout=60) as answer:
        assert answer.headers["content-type"] == "application/gzip"
        sent = answer.read()
    built = tmp_path / "skewwatch.tgz"
    subprocess.run([ROOT / "Sources/PackedAssets/client-package.sh", built], check=True)
    assert sent == built.read_bytes()
    names = subprocess.run(["tar", "-tzf", built], capture_output=True, text=True, check=True).stdout.split()
    package = json.loads((ASSETS / "package.json").read_text())
    exported = {name.removeprefix("./") for entry in package["exports"].values() for name in (entry.values() if isinstance(entry, dict) else [entry])}
    assert exported <= {name.removeprefix("package/") for name in names}
