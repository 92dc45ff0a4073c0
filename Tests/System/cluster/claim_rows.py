"""Rows with tabs that say which one they are: they come to another node while their former connection still seems to be there."""

import asyncio
import random
import time

from clients import Tab
from rows import SLACK


def extremes(nodes, since):
    """The lowest and the highest total that any of these nodes showed since then."""
    totals = [seen["total"] for node in nodes for moment, seen in node.samples if moment >= since]
    return min(totals, default=0), max(totals, default=0)


async def row_claims(cluster, tabs=60, moves=80):
    """tabs of ours whose networks change: they come to another node, and their former connections are left half open"""
    nodes = await cluster.start(3)
    await cluster.populate(tabs, is_ours=True)
    await cluster.whole(nodes, 5 + SLACK)
    since, formers = time.monotonic(), []
    for _ in range(moves):
        tab = random.choice(cluster.tabs)
        formers.append(await tab.roam(random.choice([node for node in nodes if node is not tab.node])))
        await asyncio.sleep(random.uniform(0, 0.15))
    hung_up = await cluster.until(lambda: all(former.done() for former in formers), 2 + SLACK, "the end of the former connections")
    low, high = extremes(nodes, since)
    whole = await cluster.whole(nodes, 2 + SLACK)
    if (low, high) != (tabs, tabs):
        cluster.fault(f"from {low} to {high} of {tabs}")
    ids = {tab.id for tab in cluster.tabs}
    rows = await cluster.until(lambda: all(set(node.rows) == ids for node in nodes), 2 + SLACK, "one row for each tab")
    slowest = max((former.result() for former in formers if former.done()), default=0)
    return (
        f"{moves} moves of {tabs} tabs: totals from {low} to {high}, the former one hung up on after {slowest:.2f} at most ({hung_up}), "
        f"whole {whole}, one row each {rows}"
    )


async def row_claims_crash(cluster, tabs=60):
    """kill -9 of a node under our own clients, which are back on others before it is known to be dead"""
    one, two, x = await cluster.start(3)
    await cluster.populate(tabs, is_ours=True)
    await cluster.whole(cluster.nodes, 5 + SLACK)
    for node in (one, two):
        node.takes = True
    x.takes = False
    since = time.monotonic()
    x.kill()
    back = await cluster.until(lambda: all(tab.node in (one, two) for tab in cluster.tabs), 4 + SLACK, "all tabs again")
    await cluster.until(lambda: "lost" in one.seen["partial"] and "lost" in two.seen["partial"], 7 + SLACK, "lost")
    await cluster.until(lambda: one.seen["total"] == two.seen["total"] == tabs, 1 + SLACK, "the recount")
    await asyncio.sleep(1)
    low, high = extremes((one, two), since)
    few = [(node.name, round(moment - since, 2), seen["total"], seen["partial"]) for node in (one, two) for moment, seen in node.samples if moment >= since and seen["total"] < tabs]
    if high > tabs or any(not labels for *_, labels in few):
        cluster.fault(f"from {low} to {high} of {tabs}: {few[:4]}")
    return f"all back at {back}, totals from {low} to {high} of {tabs}; too few: {few or 'never'}"


async def row_claims_leave(cluster, tabs=60):
    """a planned leave under our own clients, some of which change networks meanwhile"""
    one, two, x = await cluster.start(3, "--drain-timeout", "4s")
    await cluster.populate(tabs, is_ours=True)
    await cluster.whole(cluster.nodes, 5 + SLACK)
    x.takes = False
    since = time.monotonic()
    ending = asyncio.create_task(x.end())
    for _ in range(12):
        there = [tab for tab in cluster.tabs if tab.node in (one, two)]
        tab = random.choice(there)
        await tab.roam(two if tab.node is one else one)
        await asyncio.sleep(0.2)
    await ending
    await cluster.until(lambda: all(tab.node in (one, two) for tab in cluster.tabs), 5 + SLACK, "all tabs again")
    whole = await cluster.whole([one, two], 5 + SLACK)
    low, high = extremes((one, two), since)
    labels = [seen["partial"] for node in (one, two) for moment, seen in node.samples if moment >= since and seen["partial"]]
    if (low, high) != (tabs, tabs) or labels:
        cluster.fault(f"from {low} to {high} of {tabs}, labelled {labels[:2]}")
    return f"totals from {low} to {high} of {tabs}, never labelled, whole {whole} after"


CLAIMS = {"claims": row_claims, "claims-crash": row_claims_crash, "claims-leave": row_claims_leave}
