"""Rows of the failure table that need more than three nodes and one Redis: half a link, Sentinel, Redis Cluster, clocks, other releases, lists."""

import asyncio
import json
import pathlib
import random
import shutil
import signal
import subprocess
import time

import net
from fake import FakeNode, field, text
from more_rows import HEAL, came_back
from rig import ADMIN, Node
from rows import SLACK, partial, watch_canary
from wires import Redis


async def half_a_link(cluster, kind):
    """Drops what one of a node's two connections carries, and nobody tells it."""
    one, two, x = await cluster.standing(3, 60, wires=True)
    since = time.monotonic()
    x.wire.drop(kind)
    own = await cluster.until(lambda: cluster.first(x, since, partial()) is not None, 3 + SLACK, "X's label")
    again = await cluster.until(lambda: "no_echo" in "".join(x.lines("There is no connection")) or not x.seen["partial"], 7, "another connection")
    x.wire.bury()
    whole = await cluster.whole(cluster.nodes, HEAL + SLACK)
    wrong = [seen for node in cluster.nodes for moment, seen in node.samples if moment >= since and seen["total"] != 60 and not seen["partial"]]
    if wrong:
        cluster.fault(f"wrong and not labelled: {wrong[0]}")
    others = [cluster.first(node, since, partial()) for node in (one, two)]
    x.wire.cut()
    return f"{kind}: X labelled at {own}, others at {others}, dialled anew {again} and whole {whole} later"


async def row7(cluster):
    """only X's subscribe connection dropped"""
    return await half_a_link(cluster, "subscribe")


async def row7b(cluster):
    """only X's publish connection dropped"""
    return await half_a_link(cluster, "publish")


async def row6n(cluster):
    """the cable between X and Redis pulled for 12 s, each node in a network namespace"""
    if not net.is_possible():
        return "namespaces cannot be made here: row 6 does it with a wire"
    lan = net.Net()
    cluster.others.append(lan)
    cluster.redis = await Redis("--bind", "127.0.0.1", lan.redis, "--protected-mode", "no").start()
    cables = []
    for number in range(3):
        prefix, host, cable = lan.node()
        cables.append(cable)
        cluster.nodes.append(Node(cluster, f"n{number + 1}", prefix=prefix, host=host, url=f"redis://{lan.redis}:{cluster.redis.port}"))
    await asyncio.gather(*(node.start() for node in cluster.nodes))
    x = cluster.nodes[2]
    await cluster.populate(60)
    await cluster.whole(cluster.nodes, 5 + SLACK)
    since = time.monotonic()
    lan.pull(cables[2])
    await asyncio.sleep(12)
    lan.plug(cables[2])
    label, out, own, whole = await came_back(cluster, x, since)
    return f"labelled at {label}, others without X at {out}, X local at {own}, whole {whole} after the cable was back"


async def row8(cluster):
    """failover by Sentinel"""
    cluster.redis = await Redis().start()
    replica = await Redis("--replicaof", "127.0.0.1", str(cluster.redis.port)).start()
    sentinel = Redis()
    sentinel.arguments = ("--sentinel",)
    settings = (
        f"port {sentinel.port}\nbind 127.0.0.1\ndir {sentinel.folder}\nsentinel monitor main 127.0.0.1 {cluster.redis.port} 1\n"
        "sentinel down-after-milliseconds main 1000\nsentinel failover-timeout main 5000\n"
    )
    await sentinel.start(settings)
    cluster.others += [replica, sentinel]
    # The sentinel learns of the replica by asking the master.
    await cluster.until(lambda: "num-slaves\n1\n" in sentinel.command("SENTINEL", "MASTER", "main"), 15, "the replica, to the sentinel")
    nodes = [Node(cluster, f"n{number + 1}", url=f"redis+sentinel://127.0.0.1:{sentinel.port}/main") for number in range(3)]
    cluster.nodes += nodes
    await asyncio.gather(*(node.start() for node in nodes))
    await cluster.populate(60)
    await cluster.whole(nodes, 5 + SLACK)
    since = time.monotonic()
    cluster.redis.kill()
    label = [await cluster.until(lambda node=node: bool(node.seen["partial"]), 0.5 + SLACK, "the label") for node in nodes]
    promoted = await cluster.until(lambda: "role:master" in replica.command("INFO", "replication"), 20, "a new master")
    whole = await cluster.whole(nodes, 5 + 3 + HEAL + SLACK)
    connected = sum(f"127.0.0.1:{replica.port}" in line for node in nodes for line in node.lines("Connected to"))
    clients = replica.command("PUBSUB", "NUMSUB", "{skewwatch:skewwatch:0}:bus").split()
    if clients[-1:] != ["3"]:
        cluster.fault(f"the new master has {clients} subscribers")
    return f"labelled at {label}, new master at {promoted}, whole {whole} later, 3 on the new one ({time.monotonic() - since:.0f} s, {connected} lines name it)"


async def row13(cluster):
    """Redis Cluster: one of three nodes dead, CLUSTERDOWN"""
    servers = [await Redis("--cluster-enabled", "yes", "--cluster-node-timeout", "1000").start() for _ in range(3)]
    cluster.redis, cluster.others = servers[0], servers[1:]
    made = subprocess.run(
        ["redis-cli", "--cluster", "create", *(f"127.0.0.1:{server.port}" for server in servers), "--cluster-yes"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    await cluster.until(lambda: all("cluster_state:ok" in server.command("CLUSTER", "INFO") for server in servers), 20, f"a Redis Cluster ({made.stdout[-200:]})")
    for server in servers:
        wire = await cluster.wire(server.port)
        cluster.nodes.append(Node(cluster, f"n{len(cluster.nodes) + 1}", wire=wire))
    await asyncio.gather(*(node.start() for node in cluster.nodes))
    await cluster.populate(60)
    await cluster.whole(cluster.nodes, 5 + SLACK)
    one, two, x = cluster.nodes
    since = time.monotonic()
    servers[2].kill()
    down = await cluster.until(lambda: "cluster_state:fail" in servers[0].command("CLUSTER", "INFO"), 10, "CLUSTERDOWN")
    label = cluster.first(x, since, partial())
    # Its address leads to one that lives, as behind the name of a managed one.
    x.wire.target = servers[1].port
    whole = await cluster.whole(cluster.nodes, 6 + HEAL + SLACK)
    kept = [seen for node in (one, two) for moment, seen in node.samples if moment >= since and not seen["partial"] and seen["total"] != 60]
    if kept:
        cluster.fault(f"wrong and not labelled: {kept[0]}")
    await cluster.populate(6, [one])
    late = await cluster.whole(cluster.nodes, 2 + SLACK)
    return f"X labelled at {label}, CLUSTERDOWN at {down}, whole {whole} after, and a change seen by all after {late} with the cluster down"


async def row16(cluster):
    """a second SIGTERM in the drain"""
    one, two, x = await cluster.standing(3, 300, "--drain-timeout", "30s")
    x.takes = False
    since = time.monotonic()
    x.signal(signal.SIGTERM)
    await cluster.until(lambda: any(tab.node is None for tab in cluster.tabs), 3 + SLACK, "the first tab that is moved")
    x.signal(signal.SIGTERM)
    ended = await cluster.until(lambda: not x.is_running, 5 + SLACK, "the end of X")
    x.task.cancel()
    back = await cluster.until(lambda: all(tab.node for tab in cluster.tabs), 8 + SLACK, "all tabs again")
    await asyncio.sleep(4)
    totals = [seen["total"] for node in (one, two) for moment, seen in node.samples if moment >= since]
    if min(totals) < 297 or max(totals) > 303:
        cluster.fault(f"from {min(totals)} to {max(totals)} of 300")
    labels = {tuple(seen["partial"]) for node in (one, two) for moment, seen in node.samples if moment >= since} - {()}
    whole = await cluster.whole([one, two], 3 + SLACK)
    return f"ended {ended} after the second one, all back {back} later; totals from {min(totals)} to {max(totals)} of 300, labels {labels or 'none'}, whole {whole}"


async def row18(cluster):
    """the clock of one node ahead by an hour, or by half of the time that the machine is up; and a node that has counted an hour longer since its start"""
    if shutil.which("faketime") is None:
        cluster.fault("faketime is not installed")
        return ""
    cluster.redis = await Redis().start()
    shift = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
    # No wait of a program ends under faketime that is ahead by more than the machine is up.
    ahead = min(3600, int(float(pathlib.Path("/proc/uptime").read_text().split()[0]) / 2))
    # Behind, faketime makes waits of a program end at once: that would be no test of ours.
    later = ("unshare", "--time", "--monotonic", "3600", "--boottime", "3600", "--fork", "--kill-child")
    for name, prefix in (("n1", ()), ("ahead", ("faketime", "-f", f"+{ahead}s")), ("later", later)):
        await cluster.add(name, prefix=prefix, environment=shift)
    await cluster.populate(60)
    await cluster.whole(cluster.nodes, 5 + SLACK)
    times = []
    for node in cluster.nodes:
        _, answer = await node.get("/__skew/admin/stats")
        times.append(json.loads(answer)["timestamp"] // 1000 - int(time.time()))
    if not (abs(times[0]) < 5 and abs(times[1] - ahead) < 5 and abs(times[2]) < 5):
        cluster.fault(f"the clocks are not what they should be: {times}")
    since = time.monotonic()
    for _ in range(10):
        for node in cluster.nodes:
            await cluster.populate(1, [node])
        await asyncio.sleep(0.5)
    whole = await cluster.whole(cluster.nodes, 1 + SLACK)
    labels = [seen["partial"] for node in cluster.nodes for moment, seen in node.samples if moment >= since and seen["partial"]]
    if labels:
        cluster.fault(f"labelled {labels[0]}")
    return f"clocks differ by {times} s, 30 more tabs seen by all {whole} after the last, never labelled"


async def row23(cluster):
    """SkewWatch n, n+1 and n+2 side by side"""
    nodes = await cluster.standing(2, 20)
    later = field(99, text("news")) + field(77, bytes(300))
    neighbour = await FakeNode(cluster.redis.port, "next", {"v0": 5, "v-next": 2}, later=later, wants=0xF8).start()
    joined = await cluster.until(lambda: all(node.seen["total"] == 27 and not node.seen["partial"] for node in nodes), 4 + SLACK, "the tabs of n+1")
    if any(node.seen["versions"].get("v-next") != 2 for node in nodes):
        cluster.fault(f"shown are {nodes[0].seen['versions']}")
    await cluster.populate(4)
    await cluster.until(lambda: all(node.seen["total"] == 31 for node in nodes), 1 + SLACK, "exact numbers beside n+1")
    await asyncio.sleep(4)
    if any(node.seen["partial"] for node in nodes):
        cluster.fault(f"labelled beside n+1: {nodes[0].seen}")
    far = await FakeNode(cluster.redis.port, "far", {"v0": 1000}, schema=9).start()
    foreign = await cluster.until(lambda: all("foreign" in node.seen["partial"] for node in nodes), 2 + SLACK, "the label of n+2")
    named = sum(bool(node.lines("another version of the protocol")) for node in nodes)
    if named != 2 or any(node.seen["total"] != 31 for node in nodes):
        cluster.fault(f"{named} nodes name it, totals {[node.seen['total'] for node in nodes]}")
    far.stop()
    neighbour.stop()
    gone = await cluster.until(lambda: all(node.seen["total"] == 24 for node in nodes), 6 + SLACK, "n+1 gone")
    return f"n+1 counted exactly after {joined}; n+2 labelled foreign after {foreign}, named by both, not counted; n+1 out {gone} after its end"


async def row27(cluster, tabs=1200):
    """viewers of rows while many churn, and X dies"""
    one, two, x = await cluster.standing(3, tabs)

    def living():
        return {tab.id for tab in cluster.tabs if tab.node is not None and tab.node is not x}

    def ids():
        return {tab.id for tab in cluster.tabs if tab.node is not None}

    whole = await cluster.until(lambda: all(set(node.rows) == ids() for node in cluster.nodes), 5 + SLACK, "the rows of all nodes, everywhere")
    canary = asyncio.create_task(watch_canary(cluster, one, 6))
    end = time.monotonic() + 5
    while time.monotonic() < end:
        for tab in random.sample(cluster.tabs, 20):
            tab.close()
        cluster.tabs = [tab for tab in cluster.tabs if not tab.is_gone]
        await cluster.populate(20)
    churned = await cluster.until(lambda: all(set(node.rows) == ids() for node in cluster.nodes), 3 + SLACK, "the rows after the churn")
    on_x = {tab.id for tab in cluster.tabs if tab.node is x}
    for tab in [tab for tab in cluster.tabs if tab.node is x]:
        tab.close()
    since = time.monotonic()
    x.kill()
    right = await cluster.until(lambda: all(set(node.rows) == living() for node in (one, two)), 4 + SLACK, "the rows without X")
    for node in (one, two):
        deltas = [len(on_x.intersection(closed)) for moment, closed in node.closings if moment >= since and on_x.intersection(closed)]
        if deltas != [len(on_x)]:
            cluster.fault(f"{node.name} closed the {len(on_x)} rows of X in {len(deltas)} deltas: {deltas}")
        _, text_ = await node.get("/__skew/admin/stats")
        stats = json.loads(text_)
        if {row["id"] for row in stats["connections"]} != living() or stats.get("truncated") or stats["total"] != len(living()):
            cluster.fault(f"/admin/stats of {node.name}: {len(stats['connections'])} rows, truncated {stats.get('truncated')}, total {stats['total']}")
    return f"{tabs} rows on every node after {whole}, right {churned} after 5 s of churn, {len(on_x)} rows of X closed in one delta at {right}; {await canary}"


async def row27b(cluster):
    """a list that is too short for all rows"""
    nodes = await cluster.standing(3, 300, "--max-listed-connections", "90")
    ids = {tab.id for tab in cluster.tabs}
    begin, seen = time.monotonic(), [[0]]
    # Tabs that came before a node knew of the others' give their places back.
    while min(map(min, seen)) < 20 and time.monotonic() < begin + 1 + SLACK:
        seen = []
        for node in nodes:
            _, answer = await node.get("/__skew/admin/stats")
            stats = json.loads(answer)
            rows = {row["id"] for row in stats["connections"]}
            seen.append([len(rows & {tab.id for tab in cluster.tabs if tab.node is other}) for other in nodes])
            if not rows <= ids or len(rows) + stats.get("truncated", 0) != 300 or len(rows) > 90:
                cluster.fault(f"{node.name} lists {len(rows)} of 300, {stats.get('truncated')} truncated, by node {seen[-1]}")
        await asyncio.sleep(0.05)
    if min(map(min, seen)) < 20:
        cluster.fault(f"the list is not shared: {seen}")
    return f"rows by node in the lists of the three: {seen} after {time.monotonic() - begin:.1f}"


async def row_announce_stopped(cluster):
    """an announcement while a node stands still for 4 s"""
    one, two, x = await cluster.standing(3, 90)

    async def entry():
        _, answer = await two.get("/__skew/admin/release", token=ADMIN)
        return json.loads(answer)["announcements"][-1]

    x.signal(signal.SIGSTOP)
    since = time.monotonic()
    status, answer = await one.get("/__skew/admin/release", method="POST", body={"version": "v9", "rate": 0}, token=ADMIN)
    first = json.loads(answer)
    if status != 202 or first["matching"] != 60 or "unsynced" not in first.get("partial", []):
        cluster.fault(f"answered {status} {answer}")
    while time.monotonic() < since + 4:
        state = await entry()
        if state["state"] != "running" or state.get("partial") != ["unsynced"]:
            cluster.fault(f"after {time.monotonic() - since:.1f} another node says {state}")
        await asyncio.sleep(0.2)
    x.signal(signal.SIGCONT)
    back = time.monotonic()
    while (state := await entry())["state"] != "done" and time.monotonic() < back + 3 + SLACK:
        await asyncio.sleep(0.05)
    told = sum(any(message.get("version") == "v9" for message in tab.heard) for tab in cluster.tabs)
    if (state["state"], state["matching"], state["told"], state.get("partial"), told) != ("done", 90, 90, None, 90):
        cluster.fault(f"in the end {told} of 90 tabs heard of it, and another node says {state}")
    return f"at first {first['matching']}, {first.get('partial')}; done no earlier than {time.monotonic() - back:.1f} after CONT, all 90 told"


FAULTS = {
    "6n": row6n, "7": row7, "7b": row7b, "8": row8, "13": row13, "16": row16, "18": row18, "23": row23, "27": row27, "27b": row27b,
    "announce-stopped": row_announce_stopped,
}  # fmt: skip
