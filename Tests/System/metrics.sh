#!/usr/bin/env bash
# Judges /metrics with Prometheus' own promtool (Debian's package prometheus has it) while hostile versions are connected; then has a real
# Prometheus see the alerts of the examples fire.
# Usage: Tests/System/metrics.sh; SKEWWATCH names another binary than the debug build's.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need promtool prometheus redis-server python3 curl
binary debug
start_server 127.0.0.1 --loops 2 --max-versions 8 --route-tracking true --release $'r"1\\'

metrics() { curl -fsS "http://127.0.0.1:$internal/metrics"; }
# A quote, a backslash, line ends, what would be a sample of its own, a name of JavaScript, no UTF-8, a right-to-left override.
versions=('a%22b' 'a%5Cb' 'a%0Ab' 'a%0D%0Ab' '%22%7D%201%0Askewwatch_evil%201' '%5C%22%5C' '__proto__' '%FF%FE' '%E2%80%AE1' 'one' 'more' 'than' 'eight')
for version in "${versions[@]}"; do
    curl -sS --no-buffer --max-time 60 "http://127.0.0.1:$port/__skew/sse?v=$version&route=/secret-route" >/dev/null &
    pids+=($!)
done
all_there() {
    metrics >"$scratch/metrics"
    grep -qx "skewwatch_connections{transport=\"sse\"} ${#versions[@]}" "$scratch/metrics"
}
within 10 all_there || true

none() { ! grep -q "$1" "$scratch/metrics"; }
lint() { promtool check metrics <"$scratch/metrics" >"$scratch/lint" 2>&1 && [[ ! -s $scratch/lint ]] || { cat "$scratch/lint" >&2; return 1; }; }
few() { (($(grep -c '^skewwatch_version_connections{' "$scratch/metrics") <= 9)); }
holds "all ${#versions[@]} are connected" grep -qx "skewwatch_connections{transport=\"sse\"} ${#versions[@]}" "$scratch/metrics"
holds "promtool has nothing to say" lint
holds "the versions are capped" few
holds "the rest is (other)" grep -q '^skewwatch_version_connections{version="(other)"} ' "$scratch/metrics"
holds "a version is no sample of its own" none '^skewwatch_evil'
holds "a quote and a backslash are escaped" grep -qF 'skewwatch_release_info{version="r\"1\\"} 1' "$scratch/metrics"
holds "no route is a label" none secret-route
holds "alerts fire in Prometheus, and end" python3 Tests/System/alerts.py --binary "$SKEWWATCH"
cat "$scratch/output"
finish "/metrics is as Prometheus wants it, whatever versions are called, and the alerts fire."
