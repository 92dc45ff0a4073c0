#!/usr/bin/env bash
# 5,000 tabs, of which 200 open, 200 close (one in five by crashing) and 500 move in each second, before ten subscribers.
# Further options go to skewwatch-load: --json for one, or another --seed.
server_flags=()
. "$(dirname "$0")/lib.sh"
build
start_server
load churn --connections 5000 --sources 8 --subscribers 10 --checked 4 --modes delta,snapshot,summary --duration 20s \
    --opens 200 --closes 200 --moves 500 --crashes 0.2 "$@"
