"""A server that plays scenes for the dashboard: the messages of the wire contract, scripted, with the real assets and their CSP.

Each scene has a base path of its own, `/<scene>/__skew`; the scene `app` is at `/__skew`, where the example pages look for it. `python dashboard_fake.py PORT` serves them for the eye.
"""

import asyncio
import json
import math
import pathlib
import random
import socket
import sys
import time
import uuid

from aiohttp import WSMsgType, web

ASSETS = pathlib.Path(__file__).resolve().parents[2] / "Sources/SkewWatch/Web/Assets"
EXAMPLES = ASSETS.parents[3] / "Docker/examples/pages"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
TOKEN = "sesame"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
ROUTES = ["/", "/products", "/products/blue-kettle", "/checkout", "/account/orders", "/search?q=lamp", "/blog/how-we-ship", "/help", "/cart", "/login", "/about", "/terms"]


def now():
    return int(time.time() * 1000)


class Scene:
    """What one scene's server knows and how it behaves."""

    def __init__(self, release, counts, *, session=False, history=False, decay=None, truncated=0, ip=False, nodes=None, routes=ROUTES, churn=0, tracking=True):
        self.release, self.session, self.history, self.decay = release, session, history, decay
        self.truncated, self.nodes, self.churn, self.tracking = truncated, nodes, churn, tracking
        self.seed = random.Random(7)
        self.routes, self.ip = routes, ip
        self.rows = {}
        for version, n in counts.items():
            for _ in range(n):
                row = self.row(version)
                self.rows[row["id"]] = row
        self.seq = 0
        self.refusing = False
        self.paused = False
        self.sockets = {}
        self.sent_tokens = []
        self.subscribed = 0

    def row(self, version):
        weight = min(int(self.seed.expovariate(0.45)), len(self.routes) - 1)
        row = {
            "id": str(uuid.UUID(int=self.seed.getrandbits(128), version=4)),
            "version": version,
            "route": self.routes[weight] if self.tracking else "/",
        }
        if self.ip:
            row["ip"] = f"203.0.{self.seed.randrange(256)}.{self.seed.randrange(256)}" if self.seed.random() < 0.7 else f"2001:db8::{self.seed.getrandbits(16):x}:{self.seed.getrandbits(16):x}"
        return row

    def counts(self, key):
        found = {}
        for row in self.rows.values():
            found[row[key]] = found.get(row[key], 0) + 1
        return found

    def stats(self, your_id):
        versions = self.counts("version")
        if self.truncated:
            versions[self.release] = versions.get(self.release, 0) + self.truncated
        message = {
            "type": "stats", "total": len(self.rows) + self.truncated, "versions": versions,
            "routes": self.counts("route") if self.tracking else {}, "connections": list(self.rows.values()),
            "seq": self.seq, "timestamp": now(),
        }
        if self.truncated:
            message["truncated"] = self.truncated
        if self.nodes:
            message["nodes"] = self.nodes
        message["yourId"] = your_id
        return message

    def change(self, opened=(), changed=(), closed=()):
        """Applies a change and gives the delta that tells it."""
        before = self.counts("version"), self.counts("route"), len(self.rows)
        for row in opened:
            self.rows[row["id"]] = row
        for row in changed:
            self.rows[row["id"]] = row
        for gone in closed:
            self.rows.pop(gone, None)
        self.seq += 1
        delta = {"type": "stats-delta", "seq": self.seq, "total": len(self.rows) + self.truncated}
        for name, key, old in (("versions", "version", before[0]), ("routes", "route", before[1])):
            if key == "route" and not self.tracking:
                continue
            new = self.counts(key)
            diff = {k: new.get(k) for k in {**old, **new} if new.get(k) != old.get(k)}
            if key == "version" and self.truncated and self.release in diff:
                diff[self.release] = (diff[self.release] or 0) + self.truncated
            if diff:
                delta[name] = diff
        for name, rows in (("opened", list(opened)), ("changed", list(changed)), ("closed", list(closed))):
            if rows:
                delta[name] = rows
        return delta

    async def tell(self, message):
        for peer, wants in list(self.sockets.items()):
            if wants:
                await peer.send_json(message)

    def record(self):
        """The last hour and day of a rollout that began 24 minutes ago, after one of ten hours ago."""
        def at(t, end):
            ago = (end - t) / 60000
            total = len(self.rows) * (1 + 0.06 * math.sin(ago / 150) + 0.012 * math.sin(ago / 6))
            first = total * math.exp(-(600 - ago) / 100) if ago < 600 else total
            old = total * math.exp(-(24 - ago) / 11) if ago < 24 else total
            older = min(first, old)
            counts = {"2026.11.1": older, "2026.11.2": old - older, self.release: total - old}
            return {version: round(n) for version, n in counts.items() if round(n)}

        end = now()
        body = {"release": self.release, "now": end}
        for name, step, steps in (("hour", 10000, 360), ("day", 300000, 288)):
            start = (end // step - steps + 1) * step
            moments = [at(start + i * step, end) for i in range(steps)]
            keys = {k for moment in moments for k in moment}
            versions = {k: [moment.get(k, 0) for moment in moments] for k in keys}
            if name == "day":
                for counts in versions.values():
                    counts[100:106] = [None] * 6
            body[name] = {"step": step, "start": start, "versions": versions}
        return body


HOSTILE_VERSIONS = {
    "<img src=x onerror=alert(1)>": 5, "abc\u202egnp.exe": 4, "__proto__": 3, "constructor": 2, "toString": 1, "v" * 128: 2,
    "‏عربى-١": 2, "\u0000\u0007bell": 1, "": 1, "Z̸̢͎͒a̴͙̓l̵͓̈g̶̠̈́o̷͉͌": 1, "(other)": 6, "🚀1.0": 1, "\"><script>alert(1)</script>": 1, "zero\u200bwidth": 1,
}
HOSTILE_ROUTES = ["/", "/<img src=x onerror=alert(1)>", "/\u202e/gpj.exe", "/" + "a/" * 127 + "x", "__proto__", "/عربى/مقالة", "javascript:alert(1)", "/{{7*7}}", "/\u2066isolate", "/line\u2028break", "constructor"]


def scenes():
    return {
        "rollout": Scene("2026.11.3", {"2026.11.3": 2210, "2026.11.2": 268, "2026.11.1": 9}, history=True, decay=90),
        "live-only": Scene("2026.11.3", {"2026.11.3": 40, "2026.11.2": 300}, decay=9),
        "session": Scene("1.4.2", {"1.4.2": 12}, session=True, history=True),
        "alone": Scene("1.4.2", {}, session=True),
        "done": Scene("1.4.2", {"1.4.2": 321}, session=True),
        "no-release": Scene(None, {"1.4.2": 21, "1.4.1": 8}, session=True, tracking=False),
        "huge": Scene("build-9f31c2d", {"build-9f31c2d": 6200, "build-77aa01b": 2600, **{f"build-{i:07x}": 30 for i in range(1, 41)}}, session=True, truncated=74213, ip=True,
                      routes=ROUTES + [f"/products/{i}" for i in range(400)], churn=40),
        "hostile": Scene("abc\u202egnp.exe", HOSTILE_VERSIONS, session=True, routes=HOSTILE_ROUTES, ip=True),
        "app": Scene("1.4.2", {"1.4.2": 45, "1.4.1": 12, "<b>1.4.0</b>": 3}, session=True),
        "cluster": Scene("1.4.2", {"1.4.2": 720, "1.4.1": 130}, session=True, nodes=[{"id": "eu-west-a", "total": 512}, {"id": "eu-west-b", "total": 338}]),
    }


def application():
    app = web.Application()
    plays = scenes()
    app["scenes"] = plays

    async def asset(request):
        name = request.match_info["name"]
        path = ASSETS / ("dashboard.html" if name == "dashboard" else name)
        if path.parent != ASSETS or not path.is_file():
            return web.json_response({"error": "There is nothing here."}, status=404)
        return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8", headers={
            "Content-Security-Policy": CSP, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"})

    async def history(request):
        scene = plays[request.match_info.get("scene", "app")]
        if not scene.history:
            return web.Response(status=204)
        if not scene.session and request.headers.get("SkewWatch-Token") != TOKEN:
            return web.json_response({"error": "The token is wrong."}, status=401)
        return web.json_response(scene.record())

    async def control(request):
        """Scripted accidents, `refuse`, `accept`, `drop`, `close?code=`, `deny`, `release?version=`, `pause`, `leave` (all old tabs close); and the truth to compare with."""
        scene = plays[request.match_info.get("scene", "app")]
        verb = request.match_info["verb"]
        if verb in ("refuse", "accept"):
            scene.refusing = verb == "refuse"
        if verb in ("refuse", "drop"):
            for peer in list(scene.sockets):
                peer._req.transport.abort()
        if verb == "close":
            for peer in list(scene.sockets):
                await peer.close(code=int(request.query["code"]))
        if verb == "deny":
            for peer, wants in list(scene.sockets.items()):
                scene.sockets[peer] = False
                await peer.send_json({"type": "stats-unauthorized"})
        if verb == "leave":
            gone = [row["id"] for row in scene.rows.values() if row["version"] != scene.release]
            await scene.tell(scene.change(closed=gone))
        if verb == "release":
            scene.release = request.query["version"]
            for peer in list(scene.sockets):
                await peer.send_json({"type": "version", "version": scene.release})
        if verb == "pause":
            scene.paused = True
        truth = scene.stats(None)
        return web.json_response({"total": truth["total"], "versions": truth["versions"], "routes": truth["routes"], "ids": list(scene.rows),
                                  "tokens": scene.sent_tokens, "open": len(scene.sockets), "subscribed": scene.subscribed})

    async def websocket(request):
        scene = plays[request.match_info.get("scene", "app")]
        if scene.refusing:
            request.transport.abort()
            raise web.HTTPServiceUnavailable()
        peer = web.WebSocketResponse()
        await peer.prepare(request)
        own = scene.row(request.query.get("v") or scene.release or "unknown")
        own["id"], own["route"] = str(uuid.uuid4()), request.query.get("route", "/") if scene.tracking else "/"
        scene.sockets[peer] = False
        hello = {"type": "connected", "connectionId": own["id"], "timestamp": now()}
        if scene.release is not None:
            hello["version"] = scene.release
        await peer.send_json(hello)
        await scene.tell(scene.change(opened=[own]))
        try:
            async for message in peer:
                if message.type != WSMsgType.TEXT:
                    continue
                asked = json.loads(message.data)
                if asked.get("type") == "ping":
                    await peer.send_json({"type": "pong"})
                if asked.get("type") == "subscribe-stats":
                    scene.sent_tokens.append(asked.get("token"))
                    allowed = scene.session or asked.get("token") == TOKEN
                    scene.sockets[peer] = allowed
                    scene.subscribed += allowed
                    await peer.send_json(scene.stats(own["id"]) if allowed else {"type": "stats-unauthorized"})
        finally:
            scene.sockets.pop(peer, None)
            await scene.tell(scene.change(closed=[own["id"]]))
        return peer

    async def play(scene):
        while True:
            await asyncio.sleep(0.4)
            if scene.paused or not any(scene.sockets.values()):
                continue
            try:
                if scene.decay:
                    old = [row for row in scene.rows.values() if row["version"] != scene.release]
                    leaving = [row["id"] for row in old if scene.seed.random() < 0.4 / scene.decay]
                    opened = [scene.row(scene.release) for _ in leaving]
                    moved = [{**row, "route": scene.seed.choice(ROUTES)} for row in scene.seed.sample(list(scene.rows.values()), 3) if row["id"] not in leaving]
                    await scene.tell(scene.change(opened=opened, changed=moved, closed=leaving))
                if scene.churn:
                    leaving = scene.seed.sample(list(scene.rows), scene.churn)
                    leaving = [gone for gone in leaving if gone not in {row["id"] for row in list(scene.rows.values())[-5:]}]
                    await scene.tell(scene.change(opened=[scene.row(scene.release) for _ in leaving], closed=leaving))
            except ConnectionError:
                pass

    async def start(app):
        app["plays"] = [asyncio.create_task(play(scene)) for scene in plays.values() if scene.decay or scene.churn]

    async def stop(app):
        for task in app["plays"]:
            task.cancel()

    app.on_startup.append(start)
    app.on_cleanup.append(stop)
    app.router.add_static("/pages", EXAMPLES)
    app.router.add_post("/control/{verb}", control)
    app.router.add_get("/__skew/ws", websocket)
    app.router.add_get("/__skew/{name}", asset)
    app.router.add_get("/{scene}/__skew/ws", websocket)
    app.router.add_get("/{scene}/__skew/admin/history", history)
    app.router.add_post("/{scene}/control/{verb}", control)
    app.router.add_get("/{scene}/__skew/{name}", asset)
    return app


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    print(listener.getsockname()[1], flush=True)
    web.run_app(application(), sock=listener, print=None)
