#!/usr/bin/env bash
# 10,000 tabs drop at once and come back, three times, before ten delta subscribers.
# Further options go to skewwatch-load: --json for one, or another --seed.
server_flags=(--max-listed-connections 20000)
. "$(dirname "$0")/lib.sh"
build
start_server
load storm --max-listed 20000 --connections 10000 --sources 8 --subscribers 10 --checked 2 --modes delta --rounds 3 --time-limit 240s "$@"
