#!/usr/bin/env bash
# 10,000 tabs, then five announcements of a release: CPU of the server for each socket, and the longest its loop was late meanwhile.
# Further options go to skewwatch-load.
server_flags=(--loops 1)
. "$(dirname "$0")/lib.sh"
connections=${CONNECTIONS:-10000}
export SKEWWATCH_ADMIN_TOKEN=load-test-admin-$$
build
start_server_with_metrics
hold "$connections" 40s "$@"

quiet_lag
printf '%-14s %10s %10s %12s\n' announcement 'CPU ms' 'us/socket' 'loop lag ms'
for round in 1 2 3 4 5; do
    lag >/dev/null
    before=$(cpu_us)
    request POST "$port" /__skew/admin/release '{"version":"release-'"$round"'"}' >/dev/null
    # Every socket gets the same bytes: the counter of sent bytes tells when the last one was told.
    settle_sent_bytes
    used=$(($(cpu_us) - before))
    awk -v r="$round" -v us="$used" -v n="$connections" -v lag="$(lag)" \
        'BEGIN { printf "%-14s %10.1f %10.2f %12.1f\n", r, us / 1000, us / n, lag * 1000 }'
done
