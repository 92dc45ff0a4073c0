#!/usr/bin/env bash
# 15,000 tabs are told of a release at 500 a second: whether the pace is right within 5 %, and no loop was held for more than 5 ms.
# Where it may, the server runs before all other processes (chrt): what its clock sees then is what itself holds, and not who else is busy.
# CONNECTIONS and PACE change it.
server_flags=(--max-listed-connections 20000)
metrics=yes
if chrt --rr 1 true 2>/dev/null; then server_prefix=(chrt --rr 1); fi
. "$(dirname "$0")/lib.sh"
export SKEWWATCH_ADMIN_TOKEN=load-test-admin-$$
build
start_server
load rollout --connections "${CONNECTIONS:-15000}" --pace "${PACE:-500}" --versions 1 --stragglers 1 --sources 8 --subscribers 0 --max-listed 20000 \
    --looks 0 --metrics "127.0.0.2:$internal_port" --rest 10s --promptly --quiet
