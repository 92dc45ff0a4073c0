#!/usr/bin/env bash
# 10,000 tabs come, stay and go, three times: CPU per connection, handshake times, memory per connection and after all.
# Further options go to skewwatch-load: --json for one, or another --seed.
server_flags=()
. "$(dirname "$0")/lib.sh"
build
start_server
load connect --connections 10000 --sources 8 --hold 5s --rounds 3 --time-limit 180s "$@"
