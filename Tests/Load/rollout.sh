#!/usr/bin/env bash
# A rollout of 5,000 tabs: announced at 500 a second, the server killed in the middle (kill -9) and started anew, tabs that come back and
# reload with a half-life of 5 s, a pipeline that waits all along, a webhook that hears of each thing once, and every number of every
# surface equal to the recount. Then the server is killed again, and the next process reads the same rollout from disk.
# CONNECTIONS and PACE change it.
folder=$(mktemp -d)
export SKEWWATCH_ADMIN_TOKEN=load-test-admin-$$ WEBHOOK_SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
python3 "$root/Docker/examples/webhook/receive.py" >"$folder/events" &
receiver=$!
until hook=$(sed -n 's/^listening //p' "$folder/events" 2>/dev/null) && [ -n "$hook" ]; do kill -0 "$receiver"; sleep 0.1; done
server_flags=(--data-dir "$folder/data" --max-listed-connections 20000 --webhook-url "http://127.0.0.1:$hook/" --webhook-secret "$WEBHOOK_SECRET")
metrics=yes
mkdir "$folder/data"
. "$(dirname "$0")/lib.sh"
trap 'stop_server; kill "$receiver" ${crowd:-} ${gate:-} 2>/dev/null || true; rm -rf "$folder"' EXIT
build
# A first process knows nothing of before, so that in its first minute no version is news: this one goes again.
start_server
sleep 2
stop_server
start_server
same_port=$port same_internal_port=$internal_port
# In the first ten seconds nothing is kept on disk.
sleep 10
began=$(date +%s%3N)
load rollout --connections "${CONNECTIONS:-5000}" --pace "${PACE:-500}" --versions 1 --stragglers 0.02 --sources 4 --subscribers 3 \
    --modes delta,snapshot,summary --max-listed 20000 --rest 11s --kill-at 0.4 --metrics "127.0.0.2:$internal_port" --hold 75s --time-limit 280s --quiet &
crowd=$!
# The pipeline: it begins before anything is announced, and must outlive the server.
"$SKEWWATCH" wait "http://127.0.0.1:$port/__skew" --old 0 --for 60s --timeout 250s --json >"$folder/gate" 2>"$folder/gate.log" &
gate=$!
# The load generator kills it in the middle.
wait -n "$server_pid" "$crowd" || true
kill -0 "$crowd" || { echo "the crowd ended before the server" >&2; exit 1; }
rm -f "$server_log"
start_server
echo "The server was killed and is back; its log says of the release: $(grep -o '[^".]*--release[^"]*' "$server_log" | head -1)"
wait "$gate" || { echo "the pipeline did not go on: $?" >&2; tail -3 "$folder/gate.log" >&2; exit 1; }
cat "$folder/gate"
kill -0 "$crowd" || echo "the crowd was gone before the pipeline went on" >&2
wait "$crowd"
kill -9 "$server_pid"
wait "$server_pid" 2>/dev/null || true
start_server
"$SKEWWATCH" history "http://127.0.0.1:$port/__skew" --from 15m --json >"$folder/history"
python3 "$(dirname "$0")/read-back.py" "$folder/history" "$folder/events" "${CONNECTIONS:-5000}" "$began"
