#!/usr/bin/env bash
# 10,000 tabs are told of a release: CPU of the server for each socket, and how long everybody else waits meanwhile.
server_flags=(--loops 1 --max-messages-per-second 100000)
metrics=yes
. "$(dirname "$0")/lib.sh"
connections=${CONNECTIONS:-10000}
export SKEWWATCH_ADMIN_TOKEN=load-test-admin-$$
build
start_server
"$SKEWWATCH_LOAD" connect "127.0.0.1:$port" --connections "$connections" --sources 8 --hold 40s --quiet >/dev/null &
crowd=$!
trap 'kill "$crowd" 2>/dev/null || true; stop_server' EXIT
python3 "$(dirname "$0")/announcing.py" "$port" "$internal_port" "$server_pid" "$connections"
