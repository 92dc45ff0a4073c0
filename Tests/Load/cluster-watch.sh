#!/usr/bin/env bash
# Three nodes over a Redis of their own count as one: subscribers of all forms on every node check every message while 2,000 tabs, dealt to
# all nodes, come, move and go; then 3,000 drop at once and come back, three times, before delta subscribers on every node. No gap, and at
# rest every node's view is the recount: totals, versions, routes and rows.
# Needs redis-server. Further options go to skewwatch-load: --json for one, or another --seed.
server_flags=(--max-listed-connections 20000)
. "$(dirname "$0")/lib.sh"
folder=$(mktemp -d)
pids=()
logs=()
stop_cluster() {
    stop_server
    for pid in ${pids[@]+"${pids[@]}"}; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$folder" ${logs[@]+"${logs[@]}"}
}
trap stop_cluster EXIT
build
# On a socket: no port can be taken.
redis-server --port 0 --unixsocket "$folder/redis" --save "" --appendonly no --dir "$folder" >"$folder/redis.log" &
pids+=($!)
for _ in $(seq 100); do [ -S "$folder/redis" ] && break; kill -0 "${pids[0]}"; sleep 0.05; done
common=(${server_flags[@]+"${server_flags[@]}"} --redis-url "unix://$folder/redis" --cluster-size 3)
ports=()
for name in one two three; do
    server_flags=("${common[@]}" --node-id "$name")
    start_server
    pids+=("$server_pid") logs+=("$server_log") ports+=("$port")
done
first=${pids[1]}
# The trap ends them all.
server_pid= server_log=
for node in "${ports[@]}"; do
    for _ in $(seq 200); do
        stats=$(curl -fs -m 2 -H "Authorization: Bearer $SKEWWATCH_STATS_TOKEN" "http://127.0.0.1:$node/__skew/admin/stats") || true
        case "$stats" in *'"partial"'*|'') sleep 0.1 ;; *'"up":3'*) break ;; *) sleep 0.1 ;; esac
    done
    case "$stats" in *'"partial"'*|'') echo "a node is not whole: ${stats:0:200}" >&2; exit 1 ;; esac
done
nodes=("127.0.0.1:${ports[0]}" --also "127.0.0.1:${ports[1]}" --also "127.0.0.1:${ports[2]}" --pid "$first" --sources 8 --max-listed 20000)
status=0
"$SKEWWATCH_LOAD" watch "${nodes[@]}" --connections 2000 --subscribers 18 --checked 18 --modes delta,snapshot,summary --duration 20s \
    --opens 50 --closes 50 --moves 100 --crashes 0.2 --max-staleness 2000ms --sse 0.1 --time-limit 200s "$@" || status=1
"$SKEWWATCH_LOAD" storm "${nodes[@]}" --connections 3000 --subscribers 9 --checked 9 --modes delta --rounds 3 --time-limit 240s "$@" || status=1
exit $status
