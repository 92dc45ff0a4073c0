#!/usr/bin/env bash
# 100 subscribers that never read, beside four that do, with 2,000 tabs: the server's memory, and what the others notice.
# Further options go to skewwatch-load: --json for one, or another --seed.
server_flags=()
. "$(dirname "$0")/lib.sh"
build
start_server
load slow --connections 2000 --sources 8 --subscribers 4 --checked 4 --slow 100 --duration 20s --max-staleness 1500ms "$@"
