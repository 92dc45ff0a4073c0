#!/usr/bin/env bash
# Twelve subscribers of all forms check every message while 2,000 tabs come, move and go; a mark must reach them within 1.5 s.
# Further options go to skewwatch-load: --json for one, or another --seed.
server_flags=()
. "$(dirname "$0")/lib.sh"
build
start_server
load watch --connections 2000 --sources 8 --subscribers 12 --checked 12 --modes delta,snapshot,summary --duration 20s \
    --opens 50 --closes 50 --moves 100 --crashes 0.2 --max-staleness 1500ms "$@"
