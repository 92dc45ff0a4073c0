#!/usr/bin/env bash
# What an idle tab weighs: 19,000 at once, and the server's memory after each of ten rounds of 15,000 in and out.
# A short ping interval would make no difference: a tab that is pinged holds nothing more.
. "$(dirname "$0")/lib.sh"
connections=${CONNECTIONS:-19000}
build
work=$(mktemp -d)
trap 'rm -rf "$work"; stop_server' EXIT
server_flags=()
start_server
load connect --connections "$connections" --sources 16 --hold 3s --time-limit 240s --quiet --json >"$work/idle.json"
stop_server
start_server
load connect --connections $((connections * 15 / 19)) --sources 16 --hold 1s --rounds 10 --time-limit 400s --quiet --json \
    >"$work/rounds.json"
python3 - "$work/idle.json" "$work/rounds.json" <<'END'
import json, sys

idle, rounds = (json.load(open(name)) for name in sys.argv[1:])
phases = {phase["name"]: phase for phase in idle["phases"]}
print(f"{phases['connect']['operations']} idle tabs: ", end="")
print(", ".join(f"{figure['value']:.0f} {figure['unit']}" for figure in idle["figures"]), "each")
print("after each round in and out, MB:", end="")
for phase in rounds["phases"]:
    if phase["name"] not in ("connect", "hold"):
        print(f" {phase['serverResidentBytes'] / 1e6:.1f}", end="")
print("\nwhile all are there, MB:        ", *(f"{p['serverResidentBytes'] / 1e6:.1f}" for p in rounds["phases"] if p["name"] == "hold"))
failed = [check for report in (idle, rounds) for check in report["checks"] if not check["held"]]
for check in failed:
    print("FAILED", check["name"], check["found"])
sys.exit(bool(failed))
END
