"""Rows with many clients: a deploy under thousands of them, and what is said on the bus against what the model of the protocol says of it."""

import asyncio
import json
import random
import time

from clients import Tab
from fake import FakeNode
from rig import ADMIN, Node
from rows import SLACK


async def row15(cluster, clients=600, is_new_first=True, ours=0, drain="6s"):
    """rolling deploy of three nodes under stock clients"""
    drain = ["--drain-timeout", drain]
    nodes = await cluster.start(3, *drain)
    await cluster.populate(clients)
    await cluster.populate(ours, is_ours=True)
    clients += ours
    await cluster.whole(nodes, 10)
    low = high = clients
    labels, lows, since, ended = [], [], time.monotonic(), asyncio.Event()

    async def sample():
        nonlocal low, high
        while not ended.is_set():
            for node in cluster.nodes:
                if not node.is_running or not getattr(node, "takes", False) or not node.seen:
                    continue
                if node.seen["total"] < 0.99 * clients and node.seen["total"] < low:
                    lows.append((round(time.monotonic() - since, 1), node.name, node.seen["total"], node.seen["returning"], cluster.truth()["total"]))
                low, high = min(low, node.seen["total"]), max(high, node.seen["total"])
                if node.seen["partial"]:
                    labels.append((node.name, node.seen["partial"]))
            await asyncio.sleep(0.05)

    for node in nodes:
        node.takes = True
    sampling = asyncio.create_task(sample())

    async def replace(old):
        async def bring():
            new = Node(cluster, old.name + "'", *drain)
            new.takes = False
            cluster.nodes.append(new)
            await new.start()
            # A load balancer looks at /ready; the first numbers of its observer come a moment later.
            await cluster.until(lambda: bool(new.seen) and not new.seen["partial"], 5, "the first numbers of a new node")
            new.takes = True

        if is_new_first:
            await bring()
        old.takes = False
        await old.end()
        if not is_new_first:
            await bring()

    for old in nodes[:3]:
        await replace(old)
    await asyncio.sleep(9)
    ended.set()
    await sampling
    whole = await cluster.whole(cluster.nodes[3:], 3 + SLACK)

    def away(is_ours):
        return max((tab.away for tab in cluster.tabs if bool(tab.name) == is_ours), default=0)

    if low < 0.99 * clients or high > 1.01 * clients:
        cluster.fault(f"from {100 * low / clients:.1f} to {100 * high / clients:.1f} % of the tabs; second, node, total, returning and what the rig has open: {lows[:3] + lows[-3:]}")
    if labels:
        cluster.fault(f"labelled {len(labels)} times, such as {labels[0]}")
    return f"{clients} tabs: lowest total {low}, highest {high} ({100 * low / clients:.1f} to {100 * high / clients:.1f} %), labelled {len(labels)} times, ended whole {whole is not None}; stock clients were away for {away(False):.1f} s at most, ours for {away(True):.1f}"


async def row15b(cluster):
    """rolling deploy, the old node first"""
    return await row15(cluster, is_new_first=False)


async def row15c(cluster):
    """rolling deploy under 3,000 stock clients"""
    return await row15(cluster, clients=3000, drain="20s")


async def row15d(cluster):
    """rolling deploy under 3,000 stock clients and 3,000 of ours, which come back within two seconds"""
    return await row15(cluster, clients=3000, ours=3000, drain="20s")


async def row_announce(cluster):
    """an announcement to some at a pace, over nodes with different numbers of tabs, while one node is cut off"""
    nodes = await cluster.start(3, wires=True)
    for node, count in zip(nodes, (30, 90, 180)):
        await cluster.populate(count, [node])
    await cluster.whole(nodes, 3 + SLACK)
    meant = [tab for tab in cluster.tabs if tab.version == "v1"]

    async def entries(node):
        _, text = await node.get("/__skew/admin/release", token=ADMIN)
        return {entry["id"]: entry for entry in json.loads(text)["announcements"]}

    begin = time.monotonic()
    body = {"version": "v9", "only": ["v1"], "rate": 25, "urgent": True}
    status, text = await nodes[0].get("/__skew/admin/release", method="POST", body=body, token=ADMIN)
    answer = json.loads(text)
    # The rig's three observers hear of it at once, and are not counted.
    matching = len(meant)
    # On a machine that is too busy a node may say it later than after a second; the answer says so then.
    if status != 202 or answer.get("matching") != matching and not answer.get("partial"):
        cluster.fault(f"answered {status} {text} for {len(meant)} tabs")
    nodes[2].wire.cut()
    heard = await cluster.until(lambda: all(any(m.get("version") == "v9" for m in tab.heard) for tab in meant), 20, "all told")
    lasted, last = time.monotonic() - begin, {}
    while last.get("state") != "done" and time.monotonic() - begin < 20:
        await asyncio.sleep(0.2)
        last = (await entries(nodes[1]))[answer["id"]]
    told = [[m for m in tab.heard if m.get("type") == "version"] for tab in cluster.tabs]
    wrong = [tab.version for tab, heard in zip(cluster.tabs, told) if heard != ([{"type": "version", "version": "v9", "urgent": True}] if tab.version == "v1" else [])]
    if wrong:
        cluster.fault(f"{len(wrong)} tabs heard something else: {wrong[:5]}")
    if (last.get("told"), last.get("matching"), last.get("partial")) != (matching, matching, None) or heard is None or not 0.75 < lasted / (matching / 25) < 1.25:
        cluster.fault(f"{last} after {lasted:.1f} s")
    said = f" (at first {answer['matching']}, {answer['partial']})" if answer.get("partial") else ""
    return f"{len(meant)} of 300 tabs{said} told once in {lasted:.1f} s at 25 a second ({matching / 25:.1f} s), the other two nodes say {last.get('told')} told"


def varint(number):
    return max(1, (number.bit_length() + 6) // 7)


def modelled(events, counts, seconds, peers, flush=0.1):
    """Bytes per second of one node by the model's own lengths (`bandwidth` of the protocol's model): a head of 40 bytes with 16 for what a delta
    says of itself; three more and five for each version; for each route its number and its count; a heartbeat of 100 bytes and four a peer.
    Routes have been named before.

    events: (moment, version, route) of every tab that came or went on the node, in order."""
    sent, place = {"summary": 0, "routes": 0, "control": seconds * (40 + 60 + 4 * peers)}, 0
    while place < len(events):
        end, versions, routes = events[place][0] + flush, set(), set()
        while place < len(events) and events[place][0] <= end:
            versions.add(events[place][1])
            routes.add(events[place][2])
            place += 1
        sent["summary"] += 40 + 16 + 3 + 5 * len(versions)
        sent["routes"] += 40 + 16 + sum(varint(int(route.rsplit("-", 1)[1])) + varint(counts[route]) for route in routes)
    return {section: size / seconds for section, size in sent.items()}


async def row_bytes(cluster, seconds=20):
    """bytes on the bus under churn, against the model"""
    # The model's head of a message has room for a code of authentication.
    nodes = await cluster.start(3, "--cluster-secret", "a-secret-of-the-cluster-rig-0123")
    routes = [f"/shop/product-{number}" for number in range(1, 201)]
    weights = [1 / number for number in range(1, 201)]

    async def tab(node):
        tab = await Tab(cluster, random.choices(["v0", "v1", "v2"], [0.7, 0.25, 0.05])[0], random.choices(routes, weights)[0]).open(node)
        cluster.tabs.append(tab)
        return tab

    for _ in range(10):
        await asyncio.gather(*(tab(nodes[number % 3]) for number in range(60)))
    await cluster.whole(nodes, 5 + SLACK)
    events = {node: [] for node in nodes}
    before, begin = [await node.published() for node in nodes], time.monotonic()
    while time.monotonic() < begin + seconds:
        for node in nodes:
            old = random.choice([old for old in cluster.tabs if old.node is node])
            old.close()
            cluster.tabs.remove(old)
            events[node].append((time.monotonic(), old.version, old.route))
            new = await tab(node)
            events[node].append((time.monotonic(), new.version, new.route))
        await asyncio.sleep(0.05)
    lasted = time.monotonic() - begin
    after = [await node.published() for node in nodes]
    await cluster.whole(nodes, 2 + SLACK)
    said = []
    for node, first, last in zip(nodes, before, after):
        counts = {route: sum(tab.node is node and tab.route == route for tab in cluster.tabs) for route in routes}
        model = modelled(events[node], counts, lasted, peers=2)
        real = {section: (last[section] - first[section]) / lasted for section in model}
        ratio = sum(real.values()) / sum(model.values())
        said.append(
            f"{node.name} {sum(real.values()):.0f} B/s against {sum(model.values()):.0f} ({100 * ratio - 100:+.0f} %; "
            + ", ".join(f"{section} {real[section]:.0f}/{model[section]:.0f}" for section in model)
            + f", rows {(last['rows'] - first['rows']) / lasted:.0f})"
        )
        if not 0.8 <= ratio <= 1.2:
            cluster.fault(f"{node.name} is further than 20 % from the model")
    return f"{sum(map(len, events.values())) / lasted:.0f} tabs came or went a second; " + "; ".join(said)


async def row_storm(cluster, tabs=900, rounds=4):
    """all tabs drop at once and come back, over and over, with a watcher on every node"""
    nodes = await cluster.standing(3, tabs)
    for _ in range(rounds):
        for tab in cluster.tabs:
            tab.close()
        cluster.tabs = []
        await cluster.populate(tabs)
        await asyncio.sleep(random.uniform(0, 0.3))
    whole = await cluster.whole(nodes, 3 + SLACK)
    await asyncio.sleep(1)
    ids = {tab.id for tab in cluster.tabs}
    for node in nodes:
        _, text = await node.get("/__skew/admin/stats")
        stats = json.loads(text)
        rows = {row["id"] for row in stats["connections"]}
        if any(node.seen[key] != stats[key] for key in ("total", "versions", "routes")) or not rows == set(node.rows) == ids:
            cluster.fault(f"{node.name}: its deltas added up are not what its snapshot says")
    messages = [sum(1 for _ in node.samples) for node in nodes]
    return f"{rounds} times {tabs} tabs dropped and came back; watchers on all three heard {messages} messages without a gap, and are what snapshots say; whole {whole}"


async def row_peers(cluster, peers=20, seconds=20):
    """what a node costs that hears twenty others of 50,000 tabs each, of which 1 % come and go each second"""
    (node,) = await cluster.start(1)
    await asyncio.sleep(2)
    rss = node.rss()

    async def cpu():
        ticks, begin = node.ticks(), time.monotonic()
        await asyncio.sleep(seconds / 2)
        # Hundredths of a second a second are per cent.
        return (node.ticks() - ticks) / (time.monotonic() - begin)

    alone = await cpu()
    fakes = [await FakeNode(cluster.redis.port, f"peer-{place}", {"v0": 35_000, "v1": 12_500, "v2": 2_500}).start() for place in range(peers)]

    async def churn(fake):
        while True:
            await asyncio.sleep(0.105 * random.uniform(0.9, 1.1))
            fake.change({name: count + random.randint(-9, 9) for name, count in fake.counts.items()})

    churning = [asyncio.create_task(churn(fake)) for fake in fakes]
    joined = await cluster.until(lambda: node.seen.get("nodes", {}).get("up") == peers + 1 and not node.seen["partial"], 8 + SLACK, "all peers")
    busy = await cpu()
    for task in churning:
        task.cancel()
    right = await cluster.until(lambda: node.seen["total"] == sum(sum(fake.counts.values()) for fake in fakes), 2 + SLACK, "the sum of all")
    heard = await node.metric("cluster_received_bytes_total")
    grown = node.rss() - rss
    for fake in fakes:
        fake.stop()
    return (
        f"{peers} peers heard after {joined}, {busy:.1f} % of a core (alone {alone:.1f} %), RSS {rss:.1f} MB alone, +{grown:.1f} MB, "
        f"{heard / 1e6:.1f} MB heard in all, the sum right {right} after the last change"
    )


DEPLOY = {"15": row15, "announce": row_announce}
LOAD = {"15b": row15b, "15c": row15c, "15d": row15d, "bytes": row_bytes, "storm": row_storm, "peers": row_peers}
