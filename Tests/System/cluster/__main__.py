#!/usr/bin/env python3
"""Real servers over a real Redis, and what goes wrong: the failure table of clusters. Each row prints what was seen and when.

Usage: python3 Tests/System/cluster [--binary .build/debug/skewwatch] [--all] [ROW…]
"""

import argparse
import asyncio
import sys
import time
import traceback

from claim_rows import CLAIMS
from fault_rows import FAULTS
from fleet_rows import FLEET
from link_rows import LINKS
from load_rows import DEPLOY, LOAD
from more_rows import LONG
from rig import Cluster
from rows import SHORT


# They begin first, so that none of them is waited for in the end.
SLOWEST = ("26", "15", "15b", "15c", "15d", "4", "3", "14", "bytes", "peers")


async def run(name, row, binary):
    cluster, begin = Cluster(binary), time.monotonic()
    what = (row.__doc__ or "").strip()
    try:
        seen = await asyncio.wait_for(row(cluster), 240)
    except Exception as error:  # noqa: BLE001
        traceback.print_exc()
        seen = ""
        cluster.fault(f"{type(error).__name__}: {error}")
    finally:
        dead = [node.name for node in cluster.nodes if node.process and node.process.poll() not in (None, 0, -9)]
        if dead:
            cluster.fault(f"ended by themselves: {dead}")
        await cluster.stop()
    verdict = "ok  " if not cluster.faults else "FAIL"
    print(f"{verdict} row {name}: {what}. {seen} [{time.monotonic() - begin:.0f} s]", flush=True)
    for fault in cluster.faults:
        print(f"     - {fault}", flush=True)
    return not cluster.faults


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", help="the rows to run; all of the short half unless named")
    parser.add_argument("--binary", default=".build/debug/skewwatch")
    parser.add_argument("--all", action="store_true", help="those that take long, too")
    parser.add_argument("--jobs", type=int, default=4, help="rows at one time; each has a Redis of its own")
    options = parser.parse_args()
    short = {**SHORT, **DEPLOY, **CLAIMS}
    table = {**short, **LONG, **FAULTS, **FLEET, **LINKS, **LOAD}
    names = options.rows or sorted(table if options.all else short, key=lambda name: name not in SLOWEST)
    begin = time.monotonic()
    places = asyncio.Semaphore(options.jobs)

    async def one(name):
        async with places:
            return await run(name, table[name], options.binary)

    results = await asyncio.gather(*(one(name) for name in names))
    print(f"{sum(results)} of {len(results)} rows passed in {time.monotonic() - begin:.0f} s")
    return 0 if all(results) else 1


sys.exit(asyncio.run(main()))
