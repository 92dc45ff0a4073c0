#!/usr/bin/env bash
# Connects per second with one loop and with two, in turn, three times each; at first with one load generator, then with two.
# A loop, a load generator and the kernel's work for both want a core each: below four free cores the ratio says little.
. "$(dirname "$0")/lib.sh"
connections=${CONNECTIONS:-8000}
build
echo "$(nproc) cores"
printf '%-7s %-11s %14s %16s %14s\n' loops generators 'connects/s' 'server us/conn' 'server cores'
for generators in 1 2; do
    for loops in 1 2 1 2 1 2; do
        server_flags=(--loops "$loops" --max-pending-handshakes 4096)
        start_server
        before=$(cpu_us)
        start=$(date +%s%N)
        pids=()
        for number in $(seq "$generators"); do
            "$SKEWWATCH_LOAD" connect "127.0.0.1:$port" --connections $((connections / generators)) --sources 4 --hold 0ms \
                --seed "$number" --quiet --json >"$work/load-$number.json" &
            pids+=($!)
        done
        for pid in "${pids[@]}"; do wait "$pid"; done
        used=$(($(cpu_us) - before))
        python3 - "$loops" "$generators" "$connections" "$used" "$work"/load-*.json <<'END'
import json, sys
loops, generators, connections, used = map(int, sys.argv[1:5])
phases = [next(p for p in json.load(open(f))["phases"] if p["name"] == "connect") for f in sys.argv[5:]]
seconds = max(p["seconds"] for p in phases)
print(f"{loops:<7} {generators:<11} {connections / seconds:>14.0f} {used / connections:>16.1f} {used / 1e6 / seconds:>14.2f}")
END
        stop_server
        rm -f "$work"/load-*.json
    done
done
