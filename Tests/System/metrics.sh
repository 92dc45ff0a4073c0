#!/usr/bin/env bash
# Judges /metrics with Prometheus' own promtool while hostile versions are connected. Skips where promtool is missing.
# Usage: Tests/System/metrics.sh; SKEWWATCH names another binary than the debug build's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v promtool >/dev/null || { echo "Skipped: promtool is missing (Debian's package prometheus has it)."; exit 0; }
SKEWWATCH=${SKEWWATCH:-.build/debug/skewwatch}
[[ -x $SKEWWATCH ]] || swift build --product skewwatch >&2 </dev/null

scratch=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$scratch"' EXIT

"$SKEWWATCH" serve --host 127.0.0.1 --port 0 --internal-port 0 --loops 2 --max-versions 8 --route-tracking true \
    --drain-timeout 0s --log-format text --release $'r"1\\' >/dev/null 2>"$scratch/log" &
pids+=($!)
for _ in $(seq 100); do
    public=$(sed -n 's|.*Listening\..*http://127\.0\.0\.1:\([0-9]*\).*|\1|p' "$scratch/log")
    internal=$(sed -n 's|.*Probes and metrics\..*http://127\.0\.0\.1:\([0-9]*\).*|\1|p' "$scratch/log")
    [[ -z $public || -z $internal ]] || break
    sleep 0.1
done
[[ -n $public && -n $internal ]] || { cat "$scratch/log" >&2; exit 1; }

metrics() { curl -fsS "http://127.0.0.1:$internal/metrics"; }
# A quote, a backslash, line ends, what would be a sample of its own, a name of JavaScript, no UTF-8, a right-to-left override.
versions=('a%22b' 'a%5Cb' 'a%0Ab' 'a%0D%0Ab' '%22%7D%201%0Askewwatch_evil%201' '%5C%22%5C' '__proto__' '%FF%FE' '%E2%80%AE1' 'one' 'more' 'than' 'eight')
for version in "${versions[@]}"; do
    curl -sS --no-buffer --max-time 60 "http://127.0.0.1:$public/__skew/sse?v=$version&route=/secret-route" >/dev/null &
    pids+=($!)
done
for _ in $(seq 100); do
    metrics >"$scratch/metrics"
    ! grep -qx "skewwatch_connections{transport=\"sse\"} ${#versions[@]}" "$scratch/metrics" || break
    sleep 0.1
done

faults=0
check() {
    if "${@:2}"; then echo "ok    $1"; else echo "WRONG $1"; faults=$((faults + 1)); fi
}
none() { ! grep -q "$1" "$scratch/metrics"; }
lint() { promtool check metrics <"$scratch/metrics" >"$scratch/lint" 2>&1 && [[ ! -s $scratch/lint ]] || { cat "$scratch/lint" >&2; return 1; }; }
few() { (($(grep -c '^skewwatch_version_connections{' "$scratch/metrics") <= 9)); }
check "all ${#versions[@]} are connected" grep -qx "skewwatch_connections{transport=\"sse\"} ${#versions[@]}" "$scratch/metrics"
check "promtool has nothing to say" lint
check "the versions are capped" few
check "the rest is (other)" grep -q '^skewwatch_version_connections{version="(other)"} ' "$scratch/metrics"
check "a version is no sample of its own" none '^skewwatch_evil'
check "a quote and a backslash are escaped" grep -qF 'skewwatch_release_info{version="r\"1\\"} 1' "$scratch/metrics"
check "no route is a label" none secret-route
((faults == 0))
