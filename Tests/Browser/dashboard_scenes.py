"""The scenes of the dashboard's stand-in: what the server of each knows, and what happened before."""

import math
import random
import time
import uuid

ROUTES = ["/", "/products", "/products/blue-kettle", "/checkout", "/account/orders", "/search?q=lamp", "/blog/how-we-ship", "/help", "/cart", "/login", "/about", "/terms"]


def now():
    return int(time.time() * 1000)


class Scene:
    """What one scene's server knows and how it behaves."""

    def __init__(self, release, counts, *, session=False, history=False, decay=None, truncated=0, ip=False, nodes=None, routes=ROUTES, churn=0, tracking=True, course=None, releases=(), previews=None, scope="connections", only=None, tags=()):
        self.course, self.previews, self.scope, self.only, self.announced, self.spans = course, previews, scope, only, [], []
        self.releases = [{"version": version, "at": now() - round(ago * 60000), "by": by} for version, ago, by in releases]
        self.release, self.session, self.history, self.decay = release, session, history, decay
        self.truncated, self.nodes, self.churn, self.tracking = truncated, nodes, churn, tracking
        self.seed = random.Random(7)
        self.routes, self.ip, self.tags = routes, ip, tags
        self.rows = {}
        for version, n in counts.items():
            for _ in range(n):
                row = self.row(version)
                self.rows[row["id"]] = row
        self.seq = self.delay = 0
        self.refusing = False
        self.paused = False
        self.sockets = {}
        self.sent_tokens = []
        self.subscribed = 0

    def row(self, version):
        routes = self.only if self.only and version != self.release else self.routes
        weight = min(int(self.seed.expovariate(0.45)), len(routes) - 1)
        row = {
            "id": str(uuid.UUID(int=self.seed.getrandbits(128), version=4)),
            "version": version,
            "route": routes[weight] if self.tracking else "/",
            "since": now() - round(self.seed.expovariate(1 / (2_000_000 if version == self.release else 60_000_000))),
        }
        if self.tags and self.scope in ("tags", "ips") and self.seed.random() < 0.8:
            row["tag"] = self.seed.choice(self.tags)
        if self.ip:
            row["ip"] = f"203.0.{self.seed.randrange(256)}.{self.seed.randrange(256)}" if self.seed.random() < 0.7 else f"2001:db8::{self.seed.getrandbits(16):x}:{self.seed.getrandbits(16):x}"
        return row

    def counts(self, key):
        found = {}
        for row in self.rows.values():
            found[row[key]] = found.get(row[key], 0) + 1
        return found

    def stats(self, your_id, first=False):
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
        if first:
            message["scope"] = self.scope
            message["tracking"] = {"routes": self.tracking, "addresses": self.ip, "tags": bool(self.tags)}
            if self.previews:
                message["previews"] = self.previews
        if self.scope in ("counts", "routes"):
            message["connections"] = []
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

    def at(self, t, end):
        """Who was open at a time of a rollout that began 24 minutes ago, after one of ten hours ago."""
        ago = (end - t) / 60000
        if self.course:
            return {version: n for version, n in self.course(max(0, ago)).items() if n > 0}
        total = len(self.rows) * (1 + 0.06 * math.sin(ago / 150) + 0.012 * math.sin(ago / 6))
        first = total * math.exp(-(600 - ago) / 100) if ago < 600 else total
        old = total * math.exp(-(24 - ago) / 11) if ago < 24 else total
        older = min(first, old)
        counts = {"2026.11.1": older, "2026.11.2": old - older, self.release: total - old}
        return {version: round(n) for version, n in counts.items() if round(n)}

    def span(self, asked):
        """The answer for a span of its own, as of a server with its history on disk."""
        end = now()
        start = asked["from"] if asked["from"] > 0 else end + asked["from"]
        stop = asked.get("to", end)
        step = asked.get("step", max(10000, (stop - start) // 360 // 10000 * 10000))
        moments = [self.at(start + i * step, end) for i in range((stop - start) // step)]
        versions = {key: [moment.get(key, 0) for moment in moments] for key in {key for moment in moments for key in moment}}
        return {"release": self.release, "now": end, "from": start, "to": stop, "step": step, "start": start, "versions": versions,
                "releases": [past for past in self.releases if past["at"] >= start], "milestones": [], "drops": []}

    def record(self):
        """The last hour and day."""
        end = now()
        body = {"release": self.release, "now": end, "releases": self.releases}
        for name, step, steps in (("hour", 10000, 360), ("day", 300000, 288)):
            start = (end // step - steps + 1) * step
            moments = [self.at(start + i * step, end) for i in range(steps)]
            keys = {k for moment in moments for k in moment}
            versions = {k: [moment.get(k, 0) for moment in moments] for k in keys}
            if name == "day" and not self.course:
                for counts in versions.values():
                    counts[100:106] = [None] * 6
            body[name] = {"step": step, "start": start, "versions": versions}
        return body


HOSTILE_VERSIONS = {
    "<img src=x onerror=alert(1)>": 5, "abc\u202egnp.exe": 4, "__proto__": 3, "constructor": 2, "toString": 1, "v" * 128: 2,
    "‏عربى-١": 2, "\u0000\u0007bell": 1, "": 1, "Z̸̢͎͒a̴͙̓l̵͓̈g̶̠̈́o̷͉͌": 1, "(other)": 6, "🚀1.0": 1, "\"><script>alert(1)</script>": 1, "zero\u200bwidth": 1,
}
HOSTILE_ROUTES = ["/", "/<img src=x onerror=alert(1)>", "/\u202e/gpj.exe", "/" + "a/" * 127 + "x", "__proto__", "/عربى/مقالة", "javascript:alert(1)", "/{{7*7}}", "/\u2066isolate", "/line\u2028break", "constructor"]


def fading(total, ago, began, half, stay=0):
    """Old tabs, of `total`, `ago` minutes ago, where half closed every `half` minutes since `began` minutes ago."""
    return total if ago >= began else stay + round((total - stay) * 0.5 ** ((began - ago) / half))


def between(old, new, total, began, half, stay=0):
    """A rollout from one build to the next."""
    def course(ago):
        n = fading(total, ago, began, half, stay)
        return {old: n, new: total - n}
    return course


def playing(course, release, **options):
    """A scene whose present is the end of its course."""
    return Scene(release, {version: n for version, n in course(0).items() if n > 0}, session=True, history=True, course=course, **options)


def stalled(ago):
    """Twenty stand still, after a decay; and the rollout of the day before, which took hours."""
    before = fading(2000, ago, 1200, 40, 0)
    n = fading(2000, ago, 14, 0.9, 20)
    return {"build-42": 2000 - n, "build-41": n - min(n, before), "build-40": min(n, before)}


def slowing(ago):
    n = fading(1600, ago, 40, 3, 300) if ago > 25 else round(338 - (25 - ago) * 1.5)
    return {"build-42": 1900 - n, "build-41": n}


def growing(ago):
    n = fading(700, ago, 30, 4) if ago > 4 else 8 + round((4 - ago) * 20)
    return {"build-42": 800, "build-41": n}


def unannounced(ago):
    n = 0 if ago > 2 else round((2 - ago) * 90)
    return {"build-41": 200 - n, "build-42": n}


def dropped(ago):
    left = 0.38 if ago < 1 else 1
    n = fading(600, ago, 20, 6)
    return {"build-42": round((640 - n) * left), "build-41": round(n * left)}


def reversed_course(ago):
    if ago > 8:
        return between("build-41", "build-42", 1900, 24, 3)(ago)
    n = fading(1853, ago, 8, 5)
    return {"build-41": 1900 - n, "build-42": n}


OUT = [("build-41", 1200, "ci")]


def scenes():
    return {
        "rolling-out": playing(between("build-41", "build-42", 2000, 14, 3.1), "build-42", releases=[("build-40", 2900, "ci"), *OUT, ("build-42", 14, "ci")]),
        "stalled": playing(stalled, "build-42", only=["/help", "/account/orders"], releases=[("build-40", 2900, "ci"), *OUT, ("build-42", 14, "ci")], nodes={"up": 3, "joining": 0, "leaving": 0, "lost": 0}),
        "slowing": playing(slowing, "build-42", releases=[*OUT, ("build-42", 40, "ci")]),
        "growing": playing(growing, "build-42", releases=[*OUT, ("build-42", 30, "ci")]),
        "not-announced": playing(unannounced, "build-41", releases=OUT),
        "dropped": playing(dropped, "build-42", releases=[*OUT, ("build-42", 20, "ci")]),
        "rolling-back": playing(reversed_course, "build-41", releases=[*OUT, ("build-42", 24, "ci"), ("build-41", 8, "ann@example.com")]),
        "nobody": playing(lambda ago: {"build-43": 128}, "biuld-44", releases=[*OUT, ("build-43", 300, "ci"), ("biuld-44", 3, "ann@example.com")]),
        "finished": playing(between("build-41", "build-42", 900, 40, 2), "build-42", releases=[*OUT, ("build-42", 40, "ci")]),
        "nobody-here": playing(lambda ago: {}, "build-42", releases=[*OUT]),
        "previews": playing(lambda ago: {"build-42": 301, "preview-112": 400, "preview-113": 267}, "build-42", releases=[*OUT, ("build-42", 40, "ci")], previews=["preview-*"]),
        "counts-only": playing(between("build-41", "build-42", 300, 9, 2), "build-42", releases=[*OUT, ("build-42", 9, "ci")], scope="counts"),
        "tagged": playing(between("build-41", "build-42", 300, 9, 2), "build-42", releases=[*OUT, ("build-42", 9, "ci")], scope="tags", tags=["acme", "globex", "<b>initech</b>", "abc\u202egnp"]),
        "tagged-narrow": playing(between("build-41", "build-42", 300, 9, 2), "build-42", releases=[*OUT, ("build-42", 9, "ci")], tags=["acme"]),
        "many-routes": playing(between("build-41", "build-42", 900, 9, 4), "build-42", releases=[*OUT, ("build-42", 9, "ci")], routes=["/", *(f"/product/{i}/details" for i in range(400)), *(f"/user/{i}" for i in range(60))]),
        "many-versions": playing(lambda ago: {"build-0999": 600, "(other)": 300, **{f"build-{i:04d}": 3 for i in range(200)}}, "build-0999", releases=[*OUT, ("build-0999", 9, "ci")]),

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
        "cluster": Scene("1.4.2", {"1.4.2": 720, "1.4.1": 130}, session=True, nodes={"up": 2, "joining": 1, "leaving": 0, "lost": 0}),
    }


