#!/usr/bin/env bash
# 10,000 tabs that do nothing for 76 s: CPU of the server per second and tab, the pings of the default interval (25 s) included.
server_flags=(--loops 1)
. "$(dirname "$0")/lib.sh"
connections=${CONNECTIONS:-10000}
build
work=$(mktemp -d)
trap 'rm -rf "$work"; stop_server' EXIT
start_server
load connect --connections "$connections" --sources 8 --hold 76s --time-limit 240s --quiet --json >"$work/idle.json"
python3 - "$work/idle.json" <<'END'
import json, sys

report = json.load(open(sys.argv[1]))
phases = {phase["name"]: phase for phase in report["phases"]}
tabs, hold = phases["connect"]["operations"], phases["hold"]
each = hold["serverCPUSeconds"] * 1e6 / hold["seconds"] / tabs
print(f"{tabs} idle tabs for {hold['seconds']:.0f} s: {each:.3f} us of CPU per second and tab")
for check in report["checks"]:
    if not check["held"]:
        print("FAILED", check["name"], check["found"])
sys.exit(not all(check["held"] for check in report["checks"]))
END
