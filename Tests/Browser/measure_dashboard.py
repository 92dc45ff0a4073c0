#!/usr/bin/env python3
"""What the dashboard costs in a Chromium without a GPU while many tabs move: run by hand, on a machine that does nothing else.

Usage: measure_dashboard.py --server .build/release/skewwatch --load Tests/Load/.build/release/skewwatch-load [--tabs 15000] [--moves 100] [--seconds 30]

Needs the packages of requirements.txt (.build-venv/bin/python). It starts a server and a crowd of its own on loopback, opens the page as
an operator does, and prints for each view: CPU of the page's process and of the process that paints, as shares of a core; tasks
longer than 50 ms; and the heap. Where others use the machine, CHROMIUM may name a wrapper (`exec chrt --rr 1 chromium "$@"`). Exits with 1 where a view takes more than a tenth of a core, or has a long task.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.request

import browser

TOKEN = "a-token-for-measuring"
CLOCK = os.sysconf("SC_CLK_TCK")
LONG = """() => {
    window.long = [];
    new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => Math.round(duration)))).observe({ entryTypes: ['longtask'] });
}"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", required=True)
    parser.add_argument("--load", required=True)
    parser.add_argument("--tabs", type=int, default=15_000)
    parser.add_argument("--moves", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=30)
    return parser.parse_args()


def kind_of(pid):
    """What a process of Chromium is for; it writes its command line anew, with blanks."""
    try:
        found = re.search(rb"--type=([a-z-]+)", pathlib.Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return None
    return found and found[1].decode()


def children_of(root):
    """All processes below one."""
    parents = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, wanted = [], [root]
    while wanted:
        below = parents.get(wanted.pop(), [])
        found += below
        wanted += below
    return found


def cpu():
    """Seconds of CPU by kind of process: those of this script's browser."""
    used = {}
    for pid in children_of(os.getpid()):
        kind = kind_of(pid)
        if kind not in ("renderer", "gpu-process"):
            continue
        try:
            # By the scheduler's clock, in nanoseconds, of all threads.
            tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
            used[kind] = used.get(kind, 0) + sum(int(task.read_text().split()[0]) for task in tasks) / 1e9
        except OSError:
            continue
    return used


def listening(log):
    for _ in range(200):
        found = re.search(r"Listening\..*http://127\.0\.0\.1:(\d+)", log.read_text())
        if found:
            return int(found[1])
        time.sleep(0.05)
    sys.exit(f"the server did not start: {log.read_text()}")


def stats(port):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/__skew/admin/stats", headers={"authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def measure(page, name, seconds):
    time.sleep(5)  # what opening a view costs is over
    page.evaluate("() => { long.length = 0; }")
    before, start = cpu(), time.monotonic()
    time.sleep(seconds)
    spent, after = time.monotonic() - start, cpu()
    shares = {kind: (after[kind] - before.get(kind, 0)) / spent * 100 for kind in after}
    long, heap = page.evaluate("[long, performance.memory?.usedJSHeapSize ?? 0]")
    everything = sum(shares.values())
    print(f"{name:<34}{shares.get('renderer', 0):>8.1f} %{shares.get('gpu-process', 0):>8.1f} %{everything:>8.1f} %{heap / 1e6:>9.1f} MB   {long}")
    return everything <= 10 and not long


def main():
    asked = arguments()
    log = pathlib.Path(f"/tmp/measure-dashboard-{os.getpid()}.log")
    environment = {**os.environ, "SKEWWATCH_STATS_TOKEN": TOKEN}
    flags = ["--host", "127.0.0.1", "--port", "0", "--internal-port", "-1", "--route-tracking", "true", "--release", "v1", "--log-format", "text"]
    with open(log, "w") as output:
        server = subprocess.Popen([asked.server, "serve", *flags], stderr=output, env=environment)
    crowd = None
    try:
        port = listening(log)
        # Nearly all run the release; a hundred are old, as the dice fall.
        command = [asked.load, "churn", f"127.0.0.1:{port}", "--connections", str(asked.tabs), "--sources", "8", "--subscribers", "0", "--quiet"]
        command += ["--versions", f"v1={asked.tabs - 100},v0=100", "--moves", str(asked.moves), "--opens", "0", "--closes", "0", "--duration", "10m", "--time-limit", "15m"]
        crowd = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
        while stats(port)["total"] < asked.tabs:
            assert crowd.poll() is None, "the crowd ended"
            time.sleep(0.5)
        print(f"{asked.tabs} tabs, {asked.moves} moves a second, {asked.seconds} s each; load average {os.getloadavg()[0]:.1f}")
        print(f"{'view':<34}{'page':>10}{'painting':>10}{'both':>10}{'heap':>12}   tasks over 50 ms")
        with browser.chromium() as chromium:
            page = browser.new_context(chromium, viewport={"width": 1280, "height": 900}).new_page()
            page.goto(f"http://127.0.0.1:{port}/__skew/dashboard")
            page.evaluate(LONG)
            page.fill("#token", TOKEN)
            page.press("#token", "Enter")
            page.wait_for_selector("body[data-view=live]")
            good = [measure(page, "old tabs, as it opens", asked.seconds)]
            old, listed = stats(port)["versions"]["v0"], int(page.get_attribute(".grid", "aria-rowcount")) - 1
            print(f"all {old} old tabs are listed" if listed == old else f"{listed} of {old} old tabs are listed")
            good.append(listed == old)
            page.click("#which-all")
            good.append(measure(page, "all tabs", asked.seconds))
            page.fill("#filter", "r1")
            good.append(measure(page, "all tabs, a search", asked.seconds))
            page.fill("#filter", "")
            page.evaluate("document.querySelector('.scroller').scrollTop = 100000")
            good.append(measure(page, "all tabs, scrolled down", asked.seconds))
        sys.exit(0 if all(good) else 1)
    finally:
        for process in (crowd, server):
            if process:
                process.terminate()
                process.wait(60)
        log.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
