"""Plain WebSocket peers, for what other tabs do and for what an independent subscriber sees."""

import json
import urllib.parse

from websockets.sync.client import connect


class Peer:
    def __init__(self, url, version, route="/"):
        # A plus is a plus in a version, so a blank is %20.
        query = urllib.parse.urlencode({"v": version, "route": route}, quote_via=urllib.parse.quote)
        self.connection = connect(f"{url.replace('http', 'ws', 1)}/ws?{query}")
        self.socket = self.connection.__enter__()
        self.id = self.next("connected")["connectionId"]

    def next(self, kind, seconds=60):
        while True:
            message = json.loads(self.socket.recv(timeout=seconds))
            if message["type"] == kind:
                return message

    def send(self, **message):
        self.socket.send(json.dumps(message))

    def move(self, route):
        self.send(type="route-update", route=route)

    def statistics(self, token):
        """The whole state now, exact: what a fresh subscription is answered with."""
        self.send(type="subscribe-stats", token=token)
        stats = self.next("stats")
        self.send(type="unsubscribe-stats")
        return stats

    def close(self):
        self.connection.__exit__(None, None, None)
