"""A stand-in that speaks the wire contract and can be told to misbehave: it closes, goes silent, refuses.

It runs in a thread and records what it hears. Only tests that ask for the fixture `standin` meet it.
"""

import asyncio
import json
import secrets
import threading
import time
import uuid
from collections import Counter

from aiohttp import WSMsgType, web


class Peer:
    """One connection: where it is, how to write to it, and what it subscribed to."""

    def __init__(self, version, route, write, end, handle_secret=None):
        self.id = str(uuid.uuid4())
        self.handle = f"{self.id}.{handle_secret}" if handle_secret else self.id
        self.version, self.route, self.write, self.end = version, route, write, end
        self.mode = None
        self.sent = None
        self.tabs = []  # those that share its stream

    def rows(self):
        """Its own, and those of the tabs that share its stream."""
        own = {"id": self.id, "version": self.version, "route": self.route}
        return [own] + [{"id": tab["t"], "version": tab["v"], "route": tab["route"]} for tab in self.tabs]


class StandIn:
    def __init__(self, token=None, release=None, base="/__skew", debounce=0.05):
        self.token, self.release, self.base, self.debounce = token, release, base, debounce
        self.peers = {}
        self.heard = []  # (transport, message) in order of arrival
        self.opened = []  # (transport, query) in order of arrival, without what tells pages apart
        self.loads = []  # (t, r) in order of arrival
        # Ways to misbehave, changed by tests while it runs.
        self.refuse_websocket = False
        self.silent = False
        self.close_code, self.close_reason = None, ""
        self.greeting = {}  # further fields of `connected`
        self.session = None  # the cookie `sid` that authorizes, instead of a token
        self.stream_status = 200
        self.stream_headers = {}
        self.retry = None
        self.skip_deltas = 0
        self.post_delays = []  # seconds, for the next POSTs
        self.further_rows = []
        self.dirty = None

    # The rules

    def statistics(self):
        rows = [row for peer in self.peers.values() for row in peer.rows()]
        return {
            "total": len(rows),
            "versions": dict(Counter(row["version"] for row in rows)),
            "routes": dict(Counter(row["route"] for row in rows)),
            "connections": rows + self.further_rows,
        }

    def changed(self):
        if self.dirty is None or self.dirty.done():
            self.dirty = asyncio.ensure_future(self.broadcast())

    async def broadcast(self):
        await asyncio.sleep(self.debounce)
        for peer in list(self.peers.values()):
            if peer.mode:
                await self.tell(peer)

    async def tell(self, peer, fresh=False):
        new = self.statistics()
        if peer.mode == "summary":
            del new["connections"]
        if fresh or peer.mode != "delta":
            seq = (peer.sent or (0, None))[0] + 1
            message = {"type": "stats", "seq": seq, "timestamp": now(), **new, "yourId": peer.id}
        else:
            seq, old = peer.sent[0] + 1, peer.sent[1]
            message = {"type": "stats-delta", "seq": seq, "total": new["total"]}
            for part in ("versions", "routes"):
                keys = old[part].keys() | new[part].keys()
                message[part] = {k: new[part].get(k) for k in keys if old[part].get(k) != new[part].get(k)}
            before, after = ({r["id"]: r for r in s["connections"]} for s in (old, new))
            message["opened"] = [r for i, r in after.items() if i not in before]
            message["changed"] = [r for i, r in after.items() if i in before and before[i] != r]
            message["closed"] = [i for i in before if i not in after]
            message = {k: v for k, v in message.items() if v not in ({}, [])}
        peer.sent = (seq, new)
        if message["type"] == "stats-delta" and self.skip_deltas:
            self.skip_deltas -= 1
            return
        await peer.write(message)

    def is_authorized(self, message, request):
        if self.session:
            return request.cookies.get("sid") == self.session
        return self.token and message.get("token") == self.token

    async def act(self, peer, message, request):
        kind = message.get("type") if isinstance(message, dict) else None
        if kind == "ping":
            await peer.write({"type": "pong"})
        elif kind == "route-update" and isinstance(message.get("route"), str) and message["route"]:
            peer.route = message["route"]
            self.changed()
        elif kind == "tabs":
            peer.tabs = message["tabs"]
            self.changed()
        elif kind == "unsubscribe-stats":
            peer.mode = None
        elif kind == "subscribe-stats":
            if self.is_authorized(message, request):
                peer.mode = message.get("mode", "snapshot")
                await self.tell(peer, fresh=True)
            else:
                peer.mode = None
                await peer.write({"type": "stats-unauthorized"})

    async def enter(self, peer):
        self.peers[peer.handle] = peer
        greeting = {"type": "connected", "connectionId": peer.handle, "timestamp": now()}
        if self.release:
            greeting["version"] = self.release
        greeting |= self.greeting
        await peer.write(greeting)
        self.changed()

    def leave(self, peer):
        if self.peers.pop(peer.handle, None):
            self.changed()

    def identity(self, request):
        query = request.query
        version = query.get("v") or query.get("version") or request.cookies.get("__nkpv") or self.release or "unknown"
        return version[:128], query.get("route", "/")[:256]

    def note(self, transport, request):
        query = dict(request.query)
        self.loads.append((query.pop("t", None), query.pop("r", None)))
        self.opened.append((transport, query))

    # The endpoints

    async def websocket(self, request):
        if self.refuse_websocket:
            return web.Response(status=404)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.note("ws", request)

        async def write(message):
            if not self.silent and not socket.closed:
                await socket.send_str(json.dumps(message))

        async def end():
            await socket.close(code=1012, message=self.close_reason.encode())

        peer = Peer(*self.identity(request), write, end)
        await self.enter(peer)
        if self.close_code:
            await socket.close(code=self.close_code, message=self.close_reason.encode())
        try:
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    message = json.loads(frame.data)
                    self.heard.append(("ws", message))
                    await self.act(peer, message, request)
        finally:
            self.leave(peer)
        return socket

    async def stream(self, request):
        if self.stream_status != 200:
            return self.allow(request, web.Response(status=self.stream_status, headers=self.stream_headers))
        response = web.StreamResponse(headers={"content-type": "text/event-stream", "cache-control": "no-store"})
        self.allow(request, response)
        await response.prepare(request)
        self.note("sse", request)
        if self.retry is not None:
            await response.write(f"retry: {self.retry}\n\n".encode())

        async def write(message):
            if not self.silent:
                await response.write(f"data: {json.dumps(message)}\n\n".encode())

        ended = asyncio.Event()

        async def end():
            ended.set()

        peer = Peer(*self.identity(request), write, end, secrets.token_urlsafe(16))
        await self.enter(peer)
        try:
            while not ended.is_set() and request.transport and not request.transport.is_closing():
                await asyncio.sleep(0.02)
        finally:
            self.leave(peer)
        return response

    async def post(self, request):
        message = await request.json()
        await asyncio.sleep(self.post_delays.pop(0) if self.post_delays else 0)
        path = request.path.rsplit("/", 1)[1]
        self.heard.append((path, message))
        peer = self.peers.get(message["connectionId"])
        if peer and "." in peer.handle:
            kind = {"route": "route-update"}.get(path, path)
            await self.act(peer, {**message, "type": kind}, request)
        return self.allow(request, web.json_response({"ok": True}))

    async def preflight(self, request):
        return self.allow(request, web.Response(status=204))

    @staticmethod
    def allow(request, response):
        if origin := request.headers.get("origin"):
            response.headers["access-control-allow-origin"] = origin
            # Streams and POSTs carry cookies, and then a browser wants this, too.
            response.headers["access-control-allow-credentials"] = "true"
            response.headers["access-control-allow-headers"] = "content-type"
            response.headers["access-control-expose-headers"] = "retry-after"
        return response

    def application(self):
        app = web.Application()
        app.router.add_get(f"{self.base}/ws", self.websocket)
        app.router.add_get(f"{self.base}/sse", self.stream)
        for path in ("route", "subscribe-stats", "tabs"):
            app.router.add_post(f"{self.base}/{path}", self.post)
            app.router.add_options(f"{self.base}/{path}", self.preflight)
        return app

    # The thread a test runs it in

    def start(self, port=0):
        started = threading.Event()

        def run():
            self.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self.loop)
            self.runner = web.AppRunner(self.application(), shutdown_timeout=0.1)
            self.loop.run_until_complete(self.runner.setup())
            site = web.TCPSite(self.runner, "127.0.0.1", port)
            self.loop.run_until_complete(site.start())
            self.port = self.runner.addresses[0][1]
            started.set()
            self.loop.run_forever()
            self.loop.close()

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        started.wait(10)
        return self

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}{self.base}"

    def do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    def revoke(self):
        self.token = None
        for peer in list(self.peers.values()):
            peer.mode = None
        self.tell_all({"type": "stats-unauthorized"})

    def tell_all(self, message):
        async def write():
            for peer in list(self.peers.values()):
                await peer.write(message)

        self.do(write())

    def announce(self, release):
        self.release = release
        self.tell_all({"type": "version", "version": release})

    def stop(self):
        async def end():
            await self.runner.cleanup()
            rest = asyncio.all_tasks() - {asyncio.current_task()}
            for task in rest:
                task.cancel()
            await asyncio.wait(rest, timeout=1) if rest else None

        if self.thread.is_alive():
            self.do(end())
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join(10)


def now():
    return int(time.time() * 1000)
