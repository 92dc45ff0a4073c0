#!/usr/bin/env bash
# Connects per second with one loop and with two, in turn, three times each; at first from one load generator, then from two.
# A loop, a load generator and what the kernel does for both want a core each: below four free cores the ratio says little.
. "$(dirname "$0")/lib.sh"
connections=${CONNECTIONS:-8000}
build
work=$(mktemp -d)
trap 'rm -rf "$work"; stop_server' EXIT
echo "$(nproc) cores; load average $(cut -d' ' -f1-3 /proc/loadavg)"
printf '%-6s %-11s %11s %14s %14s\n' loops generators 'connects/s' 'server us each' 'server cores'
for generators in 1 2; do
    for loops in 1 2 1 2 1 2; do
        server_flags=(--loops "$loops")
        start_server
        generated=()
        for number in $(seq "$generators"); do
            load connect --connections $((connections / generators)) --sources 4 --hold 0ms --seed "$number" --quiet --json \
                >"$work/$number.json" &
            generated+=($!)
        done
        for pid in "${generated[@]}"; do wait "$pid"; done
        python3 - "$loops" "$work"/*.json <<'END'
import json, sys

phases = [next(p for p in json.load(open(name))["phases"] if p["name"] == "connect") for name in sys.argv[2:]]
tabs = sum(phase["operations"] for phase in phases)
# Generators that run at once see the same time pass and the same CPU of the server.
seconds, cpu = (max(phase[key] for phase in phases) for key in ("seconds", "serverCPUSeconds"))
print(f"{sys.argv[1]:<6} {len(phases):<11} {tabs / seconds:>11.0f} {cpu * 1e6 / tabs:>14.1f} {cpu / seconds:>14.2f}")
END
        rm -f "$work"/*.json
        stop_server
    done
done
