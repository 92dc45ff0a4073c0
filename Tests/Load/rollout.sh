#!/usr/bin/env bash
# A rollout of 5,000 tabs: announced at 500 a second, reloading with a half-life of 5 s, told to a webhook, waited for by a pipeline; then
# the server is killed, and the next one reads the same rollout from disk. CONNECTIONS and PACE change it.
folder=$(mktemp -d)
export SKEWWATCH_ADMIN_TOKEN=load-test-admin-$$ WEBHOOK_SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
python3 "$root/Docker/examples/webhook/receive.py" >"$folder/events" &
receiver=$!
until hook=$(sed -n 's/^listening //p' "$folder/events") && [ -n "$hook" ]; do kill -0 "$receiver"; sleep 0.1; done
server_flags=(--data-dir "$folder/data" --max-listed-connections 20000 --webhook-url "http://127.0.0.1:$hook/" --webhook-secret "$WEBHOOK_SECRET")
mkdir "$folder/data"
. "$(dirname "$0")/lib.sh"
trap 'stop_server; kill "$receiver" 2>/dev/null || true; rm -rf "$folder"' EXIT
build
start_server
# The rules look once a second: what was there before must have been seen.
sleep 3
load rollout --connections "${CONNECTIONS:-5000}" --pace "${PACE:-500}" --versions 1 --stragglers 0 --sources 4 --subscribers 2 --max-listed 20000 --quiet
"$SKEWWATCH" wait "http://127.0.0.1:$port/__skew" --old 0 --for 70s --timeout 150s 2>/dev/null
kill -9 "$server_pid"
wait "$server_pid" 2>/dev/null || true
start_server
"$SKEWWATCH" history "http://127.0.0.1:$port/__skew" --from -600 --json >"$folder/history"
python3 - "$folder/history" "$folder/events" "${CONNECTIONS:-5000}" <<'PYTHON'
import json, sys
history, events, tabs = json.load(open(sys.argv[1])), open(sys.argv[2]).read(), int(sys.argv[3])
assert any(each["version"] == "build-next" and each["told"] for each in history["releases"]), history["releases"]
print("the release is remembered:", history["releases"][-1])
for name in ["release.announced", "version.appeared build-next", "rollout.done"]:
    assert events.count(name) == 1, events
print(events)
PYTHON
