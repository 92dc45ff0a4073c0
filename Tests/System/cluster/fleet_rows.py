"""Rows about what a fleet does as one: webhooks, waits, tags, history."""

import asyncio
import json
import time

from clients import Tab
from rig import ADMIN, TOKEN
from rows import SLACK


class Receiver:
    """A little HTTP server that takes webhooks."""

    def __init__(self):
        self.got, self.port, self.server = [], None, None

    async def start(self):
        self.server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def _take(self, reader, writer):
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.split("content-length:")[1].split("\r\n")[0])
            body = json.loads(await reader.readexactly(length))
            self.got.append((time.monotonic(), head.split("webhook-id:")[1].split("\r\n")[0].strip(), body))
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        writer.close()

    def of(self, kind, release=None):
        """What came of a kind, each id once, as a receiver reads them."""
        bodies = {id: body for _, id, body in self.got if body["type"] == kind and (release is None or body["data"]["release"] == release)}
        return list(bodies.values())

    def remove(self):
        self.server.close()


async def announce(node, version):
    status, text = await node.get("/__skew/admin/release", method="POST", body={"version": version, "rate": 0}, token=ADMIN)
    if status != 202:
        raise RuntimeError(f"{node.name} answered {status} {text}")


async def sent(nodes):
    return [int(await node.metric('webhook_tries_total{result="delivered"}') or 0) for node in nodes]


async def row_webhooks(cluster):
    """webhooks of three nodes: each is sent, also when the one that sends dies; a repeat of what it had sent has the same id"""
    receiver = await Receiver().start()
    cluster.others.append(receiver)
    nodes = await cluster.start(3, "--release", "v0", "--webhook-url", f"http://127.0.0.1:{receiver.port}/hook")
    await cluster.populate(30)
    await cluster.whole(nodes, 3 + SLACK)
    # A node's first look says what was there before it.
    await asyncio.sleep(2.5)
    said, order = [], list(nodes)
    for version in ("v9", "v10", "v11"):
        # From the second one on the speaker has just died, and nobody knows it yet.
        await announce(order[-1], version)
        came = await cluster.until(lambda version=version: bool(receiver.of("release.announced", version)), 8 + SLACK, f"the webhook of {version}")
        await asyncio.sleep(1.5)
        count = len(receiver.of("release.announced", version))
        shares = await sent(order)
        speakers = [node for node, share in zip(order, shares) if share]
        said.append(f"{version} {count} time(s) at {came} by {[node.name for node in speakers]}")
        if count != 1:
            cluster.fault(f"{version} was sent {count} times, by node {shares}")
        if len(order) == 1 or not speakers:
            break
        # The one that sent is the speaker; it dies.
        dead = speakers[-1]
        order.remove(dead)
        for tab in [tab for tab in cluster.tabs if tab.node is dead]:
            tab.close()
        cluster.tabs = [tab for tab in cluster.tabs if not tab.is_gone]
        dead.kill()
    ids = [id for _, id, _ in receiver.got]
    # Who speaks next tells what was decided in the last seconds, which the dead one may have told; never more than once for each death.
    if len(ids) > 2 * len(set(ids)):
        cluster.fault("an id came more than twice")
    return "; ".join(said) + f"; {len(ids)} messages, {len(set(ids))} ids"


async def row_fleet_wait(cluster):
    """`skewwatch wait` and /admin/rollout on one node, over the tabs of another; history of one that comes late"""
    one, two = await cluster.start(2, "--release", "new", "--tag-header", "x-tenant", "--trusted-proxies", "127.0.0.1")
    cluster.tabs = [await Tab(cluster, version, "/", tag=tag).open(node) for node, version, tag in
                    [(one, "old", "acme"), (two, "old", "acme"), (two, "old", "zeta"), (two, "new", "zeta"), (one, "new", None)]]  # fmt: skip
    await cluster.whole(cluster.nodes, 3 + SLACK)
    waiting = await asyncio.create_subprocess_exec(
        cluster.binary, "wait", f"http://127.0.0.1:{one.port}/__skew", "--version", "old", "--for", "1s", "--timeout", "30s",
        env={"SKEWWATCH_STATS_TOKEN": TOKEN}, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    _, text = await one.get("/__skew/admin/rollout", token=ADMIN)
    report = json.loads(text)
    old = next(version for version in report["versions"] if version["version"] == "old")
    if report["total"] != 5 or report["old"] != 3 or old.get("tags") != {"acme": 2, "zeta": 1} or old.get("routes") != {"/": 3}:
        cluster.fault(f"the rollout on n1 says {report}")
    _, text = await one.get("/__skew/admin/stats", token=ADMIN)
    tags = sorted(row.get("tag", "-") for row in json.loads(text)["connections"])
    if tags != ["-", "acme", "acme", "zeta", "zeta"]:
        cluster.fault(f"the rows on n1 have the tags {tags}")
    await asyncio.sleep(3)
    for tab in [tab for tab in cluster.tabs if tab.version == "old" and tab.node is one]:
        tab.close()
    await asyncio.sleep(2)
    if waiting.returncode is not None:
        cluster.fault(f"wait ended with {waiting.returncode} while two old tabs are on the other node")
    closed = time.monotonic()
    for tab in [tab for tab in cluster.tabs if tab.version == "old"]:
        tab.close()
    cluster.tabs = [tab for tab in cluster.tabs if not tab.is_gone]
    status = await asyncio.wait_for(waiting.wait(), 10)
    after = time.monotonic() - closed
    if status != 0 or after < 1:
        cluster.fault(f"wait ended with {status} after {after:.1f} s")
    # Samples are taken every fifteen seconds.
    await asyncio.sleep(max(0, 20 - (time.monotonic() - cluster.begin)))
    began = 1000 * time.time()
    late = await cluster.add("late")
    await asyncio.sleep(2)
    now = int(time.time())
    _, text = await late.get(f"/__skew/admin/history?from={now - 600}&to={now}&step=1", token=ADMIN)
    history = json.loads(text)
    known = [history["from"] + place * history["step"] for counts in history["versions"].values() for place, count in enumerate(counts) if count]
    if not known or min(known) > began - 2000:
        cluster.fault(f"what the newcomer knows of the time before it is {text[:300]}")
    return f"rollout and rows of both nodes with tags on n1; wait ended {after:.1f} after the last old tab; a newcomer knows the time before it"


FLEET = {"webhooks": row_webhooks, "fleet": row_fleet_wait}
