# Shared by the scenarios of this folder, which source it: a server of their own on a free port, ended by its pid.
# Set before: `server_flags`, an array of further flags of `skewwatch serve`; `metrics=yes` for the internal port, on 127.0.0.2;
# `server_prefix`, a command that starts it; `same_port` and `same_internal_port`, where a server takes the place of another.
# Binaries of another place: SKEWWATCH, SKEWWATCH_LOAD.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
SKEWWATCH=${SKEWWATCH:-$root/.build/release/skewwatch}
SKEWWATCH_LOAD=${SKEWWATCH_LOAD:-$root/Tests/Load/.build/release/skewwatch-load}
export SKEWWATCH_STATS_TOKEN=${SKEWWATCH_STATS_TOKEN:-load-test-$$}
ulimit -n "$(ulimit -Hn)"

server_pid=
server_log=

stop_server() {
    if [ -n "$server_pid" ]; then
        kill "$server_pid" 2>/dev/null || true
        wait "$server_pid" 2>/dev/null || true
    fi
    [ -z "$server_log" ] || rm -f "$server_log"
    server_pid=
    server_log=
}
trap stop_server EXIT

build() {
    [ -x "$SKEWWATCH" ] || swift build --package-path "$root" -c release --product skewwatch >&2
    [ -x "$SKEWWATCH_LOAD" ] || swift build --package-path "$root/Tests/Load" -c release >&2
}

# The port that the server's process listens on at an address (as the kernel writes it): the kernel knows, whatever the log's format is.
listening_port() {
    local inodes
    inodes=$(readlink /proc/"$server_pid"/fd/* 2>/dev/null | sed -n 's/^socket:\[\(.*\)\]$/\1/p' | tr '\n' ' ')
    awk -v inodes=" $inodes" -v host="$1" \
        '$4 == "0A" && index($2, host) == 1 && index(inodes, " " $10 " ") { split($2, at, ":"); print at[2]; exit }' \
        /proc/net/tcp /proc/net/tcp6 | while read -r hex; do echo $((16#$hex)); done
}

start_server() {
    server_log=$(mktemp)
    local internal=(--internal-port -1) internal_off=yes
    [ -z "${metrics:-}" ] || internal=(--internal-host 127.0.0.2 --internal-port "${same_internal_port:-0}") internal_off=
    ${server_prefix[@]+"${server_prefix[@]}"} "$SKEWWATCH" serve --host 127.0.0.1 --port "${same_port:-0}" "${internal[@]}" --route-tracking true --release load-test --drain-timeout 1s \
        ${server_flags[@]+"${server_flags[@]}"} >"$server_log" 2>&1 &
    server_pid=$!
    for _ in $(seq 100); do
        kill -0 "$server_pid" 2>/dev/null || { echo "the server did not start:" >&2; cat "$server_log" >&2; exit 1; }
        port=$(listening_port 0100007F)
        internal_port=$(listening_port 0200007F)
        if [ -n "$port" ] && [ -n "$internal_port${internal_off:-}" ]; then return 0; fi
        sleep 0.1
    done
    echo "the server does not listen after 10 s:" >&2
    cat "$server_log" >&2
    exit 1
}

# One run of the load generator against the server; its exit code is the scenario's.
load() {
    local scenario=$1
    shift
    "$SKEWWATCH_LOAD" "$scenario" "127.0.0.1:$port" --pid "$server_pid" "$@"
}
