#!/usr/bin/env bash
# 15,000 tabs, 100 moves per second, 100 delta subscribers: what deltas cost in CPU and bytes.
# Further options go to skewwatch-load: --json for one, or another --seed.
server_flags=(--max-listed-connections 20000)
. "$(dirname "$0")/lib.sh"
build
start_server
load churn --connections 15000 --max-listed 20000 --sources 8 --subscribers 100 --checked 4 --modes delta --duration 20s \
    --opens 0 --closes 0 --moves 100 "$@"
