"""A server that plays scenes for the dashboard: the messages of the wire contract, scripted, with the real assets and their CSP.

Each scene has a base path of its own, `/<scene>/__skew`; the scene `app` is at `/__skew`, where the example pages look for it. `python dashboard_fake.py PORT` serves them for the eye.
"""

import asyncio
import json
import pathlib
import socket
import sys
import time
import uuid

from aiohttp import WSMsgType, web
from dashboard_scenes import ROUTES, now, scenes

ASSETS = pathlib.Path(__file__).resolve().parents[2] / "Sources/SkewWatch/Web/Assets"
EXAMPLES = ASSETS.parents[3] / "Docker/examples/pages"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
TOKEN = "sesame"
ADMIN = "open sesame"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}


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
        await asyncio.sleep(scene.delay)
        if not scene.history:
            return web.Response(status=204)
        if not scene.session and request.headers.get("SkewWatch-Token") != TOKEN:
            return web.json_response({"error": "The token is wrong."}, status=401)
        if "from" in request.query:
            asked = {name: int(request.query[name]) * 1000 for name in ("from", "to", "step") if name in request.query}
            scene.spans.append(asked)
            return web.json_response(scene.span(asked))
        return web.json_response(scene.record())

    async def release(request):
        """Announcing: what was asked for is kept, for the test to look at."""
        scene = plays[request.match_info.get("scene", "app")]
        if request.headers.get("SkewWatch-Token") != ADMIN:
            return web.json_response({"error": "The token is wrong."}, status=401)
        if request.method == "POST":
            asked = await request.json()
            scene.announced.append(asked)
            scene.release = asked["version"]
            scene.releases.append({"at": now(), "version": scene.release, "by": "admin", "told": 3})
            for peer in list(scene.sockets):
                await peer.send_json({"type": "version", "version": scene.release})
            return web.json_response({"ok": True, "id": len(scene.announced), "matching": 3}, status=202)
        return web.json_response({"release": scene.release, "announcements": []})

    async def control(request):
        """Scripted accidents, `refuse`, `accept`, `drop`, `close?code=`, `deny`, `release?version=`, `pause`, `leave` (all old tabs close), `slow?seconds=` (the record); and the truth to compare with."""
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
        if verb == "slow":
            scene.delay = float(request.query["seconds"])
        truth = scene.stats(None)
        return web.json_response({"total": truth["total"], "versions": truth["versions"], "routes": truth["routes"], "ids": list(scene.rows), "rows": list(scene.rows.values()), "seq": scene.seq,
                                  "tokens": scene.sent_tokens, "announced": scene.announced, "spans": scene.spans, "open": len(scene.sockets), "subscribed": scene.subscribed, "now": now()})

    async def websocket(request):
        scene = plays[request.match_info.get("scene", "app")]
        if scene.refusing:
            request.transport.abort()
            raise web.HTTPServiceUnavailable()
        peer = web.WebSocketResponse()
        await peer.prepare(request)
        own = scene.row(request.query.get("v") or scene.release or "unknown")
        own["id"], own["route"] = str(uuid.uuid4()), request.query.get("route", "/") if scene.tracking else "/"
        observes = request.query.get("observer") == "1"
        scene.sockets[peer] = False
        hello = {"type": "connected", "connectionId": own["id"], "timestamp": now()}
        if scene.release is not None:
            hello["version"] = scene.release
        await peer.send_json(hello)
        if not observes:
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
                    await peer.send_json(scene.stats(own["id"], first=True) if allowed else {"type": "stats-unauthorized"})
        finally:
            scene.sockets.pop(peer, None)
            if not observes:
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
    app.router.add_post("/{scene}/__skew/admin/release", release)
    app.router.add_get("/{scene}/__skew/admin/release", release)
    app.router.add_post("/{scene}/control/{verb}", control)
    app.router.add_get("/{scene}/__skew/{name}", asset)
    return app


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    print(listener.getsockname()[1], flush=True)
    web.run_app(application(), sock=listener, print=None)
