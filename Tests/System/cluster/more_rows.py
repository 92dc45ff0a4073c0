"""The rows of the failure table that take long or need more than three nodes: for `--all`."""

import asyncio
import signal
import time

from rig import Node
from rows import SLACK, partial
from wires import Redis

# After a long trouble the next try to connect comes within 2 s, and a full round of heartbeats takes 2.5 s.
HEAL = 5


async def came_back(cluster, x, since):
    """When each of three nodes of 20 tabs said that numbers are missing, when the others left x out, when x was alone, and how long all took
    until they were whole after it was back."""
    label = [cluster.first(node, since, partial()) for node in cluster.nodes]
    out = [cluster.first(node, since, lambda seen: seen["total"] == 40) for node in cluster.nodes if node is not x]
    own = cluster.first(x, since, lambda seen: seen["total"] == 20)
    if None in [*label, *out, own]:
        cluster.fault("a label or a local number is missing")
    return label, out, own, await cluster.whole(cluster.nodes, HEAL + SLACK)


async def row3(cluster):
    """SIGSTOP of a node for 20 s"""
    one, two, x = await cluster.standing(3, 60)
    since = time.monotonic()
    x.signal(signal.SIGSTOP)
    await asyncio.sleep(20)
    out = [cluster.first(node, since, lambda seen: seen["total"] == 40) for node in (one, two)]
    x.signal(signal.SIGCONT)
    back = await cluster.until(lambda: one.seen["total"] == two.seen["total"] == 60, 1.5 + SLACK, "X's tabs again")
    whole = await cluster.whole(cluster.nodes, 4 + SLACK)
    most = max(seen["total"] for node in cluster.nodes for moment, seen in node.samples if moment >= since)
    if most > 60:
        cluster.fault(f"a total of {most}")
    if any(tab.node is None for tab in cluster.tabs):
        cluster.fault("X dropped tabs because of its own pause")
    return f"X out at {out}, back {back} and whole {whole} after CONT, never above {most}"


async def row6(cluster):
    """packets between X and Redis dropped for 12 s"""
    _, _, x = await cluster.standing(3, 60, wires=True)
    since = time.monotonic()
    x.wire.drop()
    await asyncio.sleep(12)
    x.wire.heal()
    healed = time.monotonic()
    label, out, own, whole = await came_back(cluster, x, since)
    return f"labelled at {label}, others without X at {out}, X local at {own}, whole {whole} after healing ({time.monotonic() - healed:.1f})"


async def row9(cluster):
    """the URL leads to a replica"""
    await cluster.start(1)
    replica = await Redis("--replicaof", "127.0.0.1", str(cluster.redis.port)).start()
    cluster.others.append(replica)
    wire = await cluster.wire(replica.port)
    node = await cluster.add("replica", is_ready=False, wire=wire)
    refused = await cluster.until(lambda: bool(node.lines('"replica"')), 3, "the line about a replica")
    await cluster.until(lambda: bool(node.seen and node.seen["partial"]), 3, "the label")
    return f"refused and logged after {refused}, shows {node.seen['partial']}"


async def row11(cluster):
    """maxmemory reached"""
    nodes = await cluster.standing(2, 20)
    cluster.redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
    cluster.redis.command("CONFIG", "SET", "maxmemory", "1")
    denied = cluster.redis.command("SET", "a", "b").strip()
    since = time.monotonic()
    await cluster.populate(10)
    whole = await cluster.whole(nodes, 1 + SLACK)
    await asyncio.sleep(3)
    if any(seen["partial"] for node in nodes for moment, seen in node.samples if moment >= since):
        cluster.fault("something was labelled")
    return f"Redis says {denied[:30]!r}, ten more tabs seen after {whole}, no label in 3 s"


async def row12(cluster):
    """a script for 4 s, BUSY"""
    nodes = await cluster.standing(2, 20)
    cluster.redis.command("CONFIG", "SET", "busy-reply-threshold", "500")
    since = time.monotonic()
    script = "local t = redis.call('TIME')[1] + 4; while redis.call('TIME')[1] + 0 < t do end"
    await asyncio.to_thread(cluster.redis.command, "EVAL", script, "0")
    label = [cluster.first(node, since, partial()) for node in nodes]
    whole = await cluster.whole(nodes, 8 + SLACK)
    if {seen["total"] for node in nodes for moment, seen in node.samples if moment >= since} - {20}:
        cluster.fault("a total moved")
    return f"labelled at {label}, whole {whole} after the script"


async def row14(cluster):
    """the link cut every 3 s for 30 s"""
    one, two, x = await cluster.standing(3, 30, wires=True)
    before = await x.metric('cluster_messages_total{direction="out",kind="snapshot"}')
    since = time.monotonic()
    for _ in range(10):
        x.wire.cut()
        await asyncio.sleep(3)
    snapshots = await x.metric('cluster_messages_total{direction="out",kind="snapshot"}') - before
    wrong = [seen for node in (one, two) for moment, seen in node.samples if moment >= since and seen["total"] != 30 and not seen["partial"]]
    if wrong:
        cluster.fault(f"wrong and not labelled: {wrong[0]}")
    if snapshots > 2 * 30:
        cluster.fault(f"{snapshots} snapshots")
    whole = await cluster.whole(cluster.nodes, HEAL + SLACK)
    return f"{snapshots:.0f} snapshots of X in 30 s, whole {whole} after the last cut"


async def row17(cluster):
    """all nodes restart at once"""
    nodes = await cluster.start(3)
    for node in nodes:
        node.kill()
    fresh = [Node(cluster, f"m{number}", "--release", "r1") for number in range(3)]
    cluster.nodes += fresh
    begin = time.monotonic()
    await asyncio.gather(*(node.start() for node in fresh))
    ready = time.monotonic() - begin
    await cluster.populate(30, fresh)
    whole = await cluster.until(lambda: all(cluster.shows(node, cluster.truth(fresh)) for node in fresh), 3 + SLACK, "the right total")
    return f"ready after {ready:.1f}, right {whole} later"


async def row20(cluster):
    """twelve processes over Redis"""
    nodes = await cluster.standing(10, 240)
    before = [await node.metric('cluster_messages_total{direction="out",kind="snapshot"}') for node in nodes]
    begin = time.monotonic()
    late = await cluster.add("late")
    joined = time.monotonic() - begin
    await cluster.whole([late], 3 + SLACK)
    after = [await node.metric('cluster_messages_total{direction="out",kind="snapshot"}') for node in nodes]
    snapshots = sum(after) - sum(before)
    sent = sum((await nodes[0].published()).values())
    await asyncio.sleep(5)
    quiet = (sum((await nodes[0].published()).values()) - sent) / 5
    if snapshots > 3 * 10:
        cluster.fault(f"{snapshots:.0f} snapshots for one newcomer")
    ticks = [node.ticks() for node in nodes]
    await asyncio.sleep(5)
    cpu = sorted((node.ticks() - before) / 5 for node, before in zip(nodes, ticks))
    return (
        f"11 nodes, joined after {joined:.1f}, {snapshots:.0f} snapshots for the newcomer, {quiet:.0f} bytes/s out of a quiet node, "
        f"{cpu[len(cpu) // 2]:.1f} % of a core each"
    )


async def row22(cluster):
    """two apps in one namespace: without a secret, and with different ones"""
    nodes = await cluster.start(1)
    await cluster.add("other", "--base-path", "/other/__skew", is_ready=False)
    warned = await cluster.until(lambda: bool(nodes[0].lines("another base path")), 6, "the warning")
    sealed = await cluster.add("sealed", "--cluster-secret", "a-secret-that-others-do-not-know", is_ready=True)
    await cluster.until(lambda: bool(sealed.seen) and sealed.seen["nodes"]["up"] == 1, 3 + SLACK, "the sealed one, alone")
    rejected = await sealed.metric('cluster_rejected_total{reason="seal"}')
    if not rejected or sealed.seen["nodes"]["up"] != 1:
        cluster.fault(f"sealed sees {sealed.seen}")
    return f"warned after {warned}; with a secret apart, {rejected:.0f} messages refused"


async def row24(cluster):
    """two masters, two halves"""
    nodes = await cluster.standing(4, 40, "--cluster-size", "4", wires=True)
    second = await Redis().start()
    cluster.others.append(second)
    for node in nodes[2:]:
        node.wire.target = second.port
        node.wire.cut()
    since = time.monotonic()
    half = await cluster.until(lambda: all(node.seen["total"] == 20 for node in nodes), 8 + SLACK, "halves")
    label = [cluster.first(node, since, partial()) for node in nodes]
    await cluster.until(lambda: all("size" in node.seen["partial"] for node in nodes), 3, "the label by --cluster-size")
    for node in nodes[2:]:
        node.wire.target = cluster.redis.port
        node.wire.cut()
    whole = await cluster.whole(nodes, HEAL + SLACK)
    most = max(seen["total"] for node in nodes for moment, seen in node.samples if moment >= since)
    if most > 40:
        cluster.fault(f"a total of {most}")
    return f"halves at {half}, labelled at {label}, whole {whole} after healing, never above {most}"


async def row25(cluster):
    """a newcomer while X is cut off"""
    one, _, x = await cluster.standing(3, 30, wires=True)
    x.wire.drop()
    await cluster.until(lambda: "lost" in one.seen["partial"], 8 + SLACK, "lost")
    late = await cluster.add("late")
    gossip = await cluster.until(lambda: "lost" in late.seen.get("partial", []), 2 + SLACK, "what the others know")
    x.wire.heal()
    whole = await cluster.whole(cluster.nodes, HEAL + SLACK)
    return f"the newcomer says lost after {gossip}, whole {whole} after healing"


LONG = {
    "3": row3, "6": row6, "9": row9, "11": row11, "12": row12, "14": row14, "17": row17, "20": row20, "22": row22,
    "24": row24, "25": row25,
}  # fmt: skip
