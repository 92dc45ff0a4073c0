"""The rows of the failure table that every change must pass, each in a cluster of its own. A row does something bad, looks at what the
nodes show, and notes what it saw and when. Times are in seconds since the bad thing."""

import asyncio
import json
import random
import signal
import socket
import struct
import time

from clients import Socket, Tab
from rig import ADMIN, TOKEN

# A loaded machine of two cores may add so much to every time.
SLACK = 1.0


def partial(reason=None):
    return lambda seen: bool(seen["partial"]) if reason is None else reason in seen["partial"]


async def watch_canary(cluster, node, seconds):
    """The longest time that the node took to answer a ping of a tab."""
    canary, longest, end = await Socket.open(node.port, "?observer=1"), 0, time.monotonic() + seconds
    await canary.message()
    while time.monotonic() < end:
        begin = time.monotonic()
        canary.send('{"type":"ping"}')
        await asyncio.wait_for(canary.message(), 5)
        longest = max(longest, time.monotonic() - begin)
        await asyncio.sleep(0.1)
    canary.close()
    if longest > 0.1 + SLACK:
        cluster.fault(f"{node.name} took {longest:.2f} s for a ping")
    return f"longest ping {1000 * longest:.0f} ms"


async def row1(cluster):
    """kill -9 of a node"""
    one, two, x = await cluster.standing(3, 90)
    since = time.monotonic()
    for tab in [tab for tab in cluster.tabs if tab.node is x]:
        tab.close()
    x.kill()
    right = await cluster.until(lambda: all(cluster.shows(node, cluster.truth([one, two])) for node in (one, two)), 4 + SLACK, "the total without X")
    label = [cluster.first(node, since, partial()) for node in (one, two)]
    lost = await cluster.until(lambda: "lost" in one.seen["partial"] and one.seen["nodes"]["lost"] == 1, 7, "lost")
    kept = [seen["total"] for moment, seen in one.samples if since <= moment <= since + 1.5]
    if any(total != 90 for total in kept):
        cluster.fault(f"the old numbers were not kept: {kept}")
    return f"labelled at {label}, right and without X at {right}, lost at {lost}"


async def row2(cluster):
    """SIGSTOP of a node for 4 s"""
    one, two, x = await cluster.standing(3, 60)
    since = time.monotonic()
    x.signal(signal.SIGSTOP)
    await asyncio.sleep(4)
    x.signal(signal.SIGCONT)
    healed = time.monotonic()
    label = [cluster.first(node, since, partial("silent")) for node in (one, two)]
    if None in label:
        cluster.fault("nobody said that a node is silent")
    own = await cluster.until(lambda: cluster.first(x, healed, partial()) is not None, 1 + SLACK, "X's own label")
    whole = await cluster.whole(cluster.nodes, 3 + SLACK)
    totals = {seen["total"] for node in (one, two) for moment, seen in node.samples if moment >= since}
    if totals - {60}:
        cluster.fault(f"the total moved: {totals}")
    return f"labelled at {label}, X labelled {own} after CONT, all whole {whole} after CONT, totals {sorted(totals)}"


async def row4(cluster):
    """Redis killed, back after 20 s"""
    nodes = await cluster.standing(3, 60)
    rss = [node.rss() for node in nodes]
    since = time.monotonic()
    cluster.redis.kill()
    label = [await cluster.until(lambda: bool(node.seen["partial"]), 0.5 + SLACK, "the label") for node in nodes]
    local = await cluster.until(lambda: all(node.seen["total"] == cluster.truth([node])["total"] for node in nodes), 7 + SLACK, "local numbers")
    canary = await watch_canary(cluster, nodes[0], 2)
    extra = nodes[0].seen["total"]
    await cluster.populate(6, [nodes[0]])
    await cluster.until(lambda: nodes[0].seen["total"] == extra + 6, 2 + SLACK, "its own tabs, meanwhile")
    if any([await node.probe("/ready") != 200 for node in nodes]):
        cluster.fault("a node is not ready because of Redis")
    await asyncio.sleep(max(0, since + 20 - time.monotonic()))
    back = time.monotonic()
    await cluster.redis.start()
    whole = await cluster.whole(nodes, 3 + 5 + SLACK)
    grown = max(node.rss() - before for node, before in zip(nodes, rss))
    if grown > 15:
        cluster.fault(f"a node has grown by {grown:.0f} MB")
    warned = len(nodes[0].lines("There is no connection"))
    return (
        f"labelled at {label}, local at {local}, whole {whole} after Redis was back, "
        f"{canary}, RSS +{grown:.1f} MB, {warned} line(s) about it (back at {back - since:.0f})"
    )


async def row5(cluster):
    """SIGSTOP of Redis for 10 s"""
    nodes = await cluster.standing(3, 60)
    since = time.monotonic()
    cluster.redis.signal(signal.SIGSTOP)
    canary = asyncio.create_task(watch_canary(cluster, nodes[1], 9))
    await asyncio.sleep(10)
    cluster.redis.signal(signal.SIGCONT)
    label = [cluster.first(node, since, partial()) for node in nodes]
    local = [cluster.first(node, since, lambda seen: seen["total"] == 20) for node in nodes]
    if any(moment is None or moment > 2.5 + SLACK for moment in label) or any(moment is None or moment > 6 + SLACK for moment in local):
        cluster.fault("a label or a local number came late")
    whole = await cluster.whole(nodes, 5 + SLACK)
    return f"labelled at {label}, local at {local}, whole {whole} after CONT, {await canary}"


async def row10(cluster):
    """FLUSHALL, SCRIPT FLUSH, SWAPDB"""
    nodes = await cluster.standing(3, 30)
    since = time.monotonic()
    keys = cluster.redis.command("DBSIZE").strip()
    for words in (["FLUSHALL"], ["SCRIPT", "FLUSH"], ["SWAPDB", "0", "1"], ["CONFIG", "SET", "maxmemory", "1"]):
        cluster.redis.command(*words)
    await asyncio.sleep(3)
    bad = [seen for node in nodes for moment, seen in node.samples if moment >= since and (seen["partial"] or seen["total"] != 30)]
    if bad:
        cluster.fault(f"something was seen: {bad[:2]}")
    await cluster.populate(3)
    whole = await cluster.whole(nodes, 1 + SLACK)
    return f"nothing in 3 s; DBSIZE {keys}; three more tabs seen by all after {whole}"


async def row19(cluster):
    """two nodes with one --node-id"""
    nodes = await cluster.start(2)
    twin = await cluster.add("n1")
    await cluster.populate(30)
    whole = await cluster.whole(cluster.nodes, 3 + SLACK)
    _, text = await nodes[1].get("/__skew/admin/nodes")
    names = sorted(node["name"] for node in json.loads(text)["nodes"])
    if names != ["n1", "n1", "n2"]:
        cluster.fault(f"the list of nodes is {names}")
    lines = [len(node.lines("one --node-id")) for node in cluster.nodes]
    if lines != [1, 0, 1]:
        cluster.fault(f"warnings: {lines}")
    return f"both counted after {whole}, listed as {names}, warnings by node {lines} ({twin.name})"


async def row21(cluster):
    """hostile: junk, a huge bulk, a wrong seal, many names, negative counts, replays"""
    nodes = await cluster.standing(2, 20, "--cluster-secret", "a-secret-of-the-cluster-rig-0123")
    channel = "{skewwatch:skewwatch:0}:bus"
    rss, since = [node.rss() for node in nodes], time.monotonic()
    with socket.create_connection(("127.0.0.1", cluster.redis.port)) as listener, socket.create_connection(("127.0.0.1", cluster.redis.port)) as speaker:
        listener.sendall(f"SUBSCRIBE {channel}\r\n".encode())

        def say(part):
            speaker.sendall(b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (len(channel), channel.encode(), len(part), part))
            speaker.recv(65536)

        await asyncio.sleep(2.2)
        listener.setblocking(False)
        heard = b""
        try:
            while data := listener.recv(65536):
                heard += data
        except BlockingIOError:
            pass
        recorded = [part for part in heard.split(b"\r\n") if part.startswith(b"SW")]
        for part in recorded * 20:
            say(part)  # replays, whole and sealed
        for part in recorded[:5]:
            say(part[:-1] + bytes([part[-1] ^ 1]))  # a wrong seal
        for size in (0, 1, 2, 40, 65_536, 131_072):
            say(bytes(size))
        head = b"SW\x01\x02" + struct.pack("<QQ", 1, 2) + b"\x00\x00\x01"
        for number in range(1000):
            name = f"forged-{number}".encode()
            say(head + b"\x01\x02\x01\x01" + b"\x03" + bytes([len(name) + 3, number % 128 << 1 | 1, len(name)]) + name + b"\xff")
    await asyncio.sleep(1)
    totals = {seen["total"] for node in nodes for moment, seen in node.samples if moment >= since}
    if totals - {20}:
        cluster.fault(f"the totals moved: {totals}")
    rejected = [int(await node.metric('cluster_rejected_total{reason="seal"}')) for node in nodes]
    if min(rejected) < 1000:
        cluster.fault(f"only so many were refused: {rejected}")
    # A bulk that is too long for any part ends the connection: RESP is not believed any further.
    big = bytes(200_000)
    with socket.create_connection(("127.0.0.1", cluster.redis.port)) as speaker:
        speaker.sendall(b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (len(channel), channel.encode(), len(big), big))
        speaker.recv(100)
        ended = await cluster.until(lambda: all(node.lines('"malformed"') for node in nodes), 3 + SLACK, "the end of the connections")
    whole = await cluster.whole(nodes, 8 + SLACK)
    grown = max(node.rss() - before for node, before in zip(nodes, rss))
    if grown > 20:
        cluster.fault(f"a node has grown by {grown:.0f} MB")
    return f"{rejected} refused by their seal, totals {sorted(totals)}; huge bulk: connections ended at {ended}, whole again {whole} later; RSS +{grown:.1f} MB"


async def wait_for(cluster, node, timeout):
    """What `skewwatch wait` for the end of the old version says: its exit status, and after how long."""
    begin = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        cluster.binary, "wait", f"http://127.0.0.1:{node.port}/__skew", "--version", "old", "--for", "2s", "--timeout", timeout,
        env={"SKEWWATCH_STATS_TOKEN": TOKEN}, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    return await process.wait(), round(time.monotonic() - begin, 1)


async def row26(cluster):
    """`wait` while Redis is away, after a planned leave, and after a crash"""
    one, x = await cluster.start(2)
    cluster.tabs = [await Tab(cluster, "old", "/").open(x) for _ in range(3)]
    one.takes, x.takes = True, False
    await cluster.whole(cluster.nodes, 3)
    cluster.redis.kill()
    await cluster.until(lambda: one.seen["total"] == 0, 7 + SLACK, "local numbers")
    away = await wait_for(cluster, one, "5s")
    await cluster.redis.start()
    await cluster.whole(cluster.nodes, 8 + SLACK)
    for tab in cluster.tabs:
        tab.close()
    cluster.tabs = []
    await cluster.whole(cluster.nodes, 3)
    gone = await wait_for(cluster, one, "20s")
    cluster.tabs = [await Tab(cluster, "old", "/").open(x) for _ in range(3)]
    await cluster.whole(cluster.nodes, 3)
    for tab in cluster.tabs:
        tab.close()
    x.kill()
    cluster.tabs = []
    await cluster.until(lambda: one.seen["total"] == 0, 4 + SLACK, "the crash")
    crashed = await wait_for(cluster, one, "6s")
    if (away[0], gone[0], crashed[0]) != (124, 0, 124):
        cluster.fault("a wait ended as it must not")
    return f"exit status and seconds: Redis away {away}, tabs closed {gone}, node crashed {crashed}"


async def row_exact(cluster, rounds=30):
    """changes on all nodes at nearly the same moment"""
    nodes = await cluster.start(3)
    times = []
    for number in range(rounds):
        # A node hears of the others' tabs before, while and after it tells of its own.
        for node in random.sample(nodes, 3):
            await cluster.populate(1, [node])
            await asyncio.sleep(random.uniform(0, 0.12))
        if number % 3 == 2:
            for tab in cluster.tabs[-6::2]:
                tab.close()
            cluster.tabs = [tab for tab in cluster.tabs if not tab.is_gone]
        # A node that the machine keeps from working says so; what it does not label must be right.
        truth = cluster.truth()
        times.append(await cluster.until(lambda: all(cluster.shows(node, truth) or node.seen["partial"] for node in nodes), 1 + SLACK, "the recount"))
        if times[-1] is None:
            cluster.fault(f"the truth is {truth}, the nodes show {[(node.seen['total'], node.seen['partial']) for node in nodes]}")
            return ""
    whole = await cluster.whole(nodes, 4)
    return f"{rounds} rounds, seen right by all after {sorted(times)[rounds // 2]} (median), {max(times)} (slowest), whole {whole} after the last"


async def row_release(cluster):
    """a release announced on one node reaches the tabs of all, also those of who comes later"""
    nodes = await cluster.start(3)
    await cluster.populate(30)
    since = time.monotonic()
    await nodes[0].get("/__skew/admin/release", method="POST", body={"version": "v9"}, token=ADMIN)
    told = await cluster.until(lambda: all(any(m.get("version") == "v9" for m in tab.heard) for tab in cluster.tabs), 2 + SLACK, "the release")
    late = await cluster.add("late")
    await cluster.until(lambda: bool(late.lines("A node has come")), 3, "the newcomer")
    _, text = await late.get("/__skew/health")
    if json.loads(text).get("version") != "v9":
        cluster.fault(f"the newcomer says {text}")
    return f"all 30 tabs told at {told}; a newcomer says v9 ({time.monotonic() - since:.1f})"


SHORT = {
    "1": row1, "2": row2, "4": row4, "5": row5, "10": row10, "19": row19, "21": row21, "26": row26, "exact": row_exact, "release": row_release,
}  # fmt: skip
