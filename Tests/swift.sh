#!/usr/bin/env bash
# Runs the tests in Swift that were built, two processes side by side: those that start servers, and the rules. Within a process one test
# runs after the other, so that those of timing share two cores with few others.
# Usage: Tests/swift.sh               all tests; what a process said is shown when it is over, and the sum of their closing lines is the last line
#        Tests/swift.sh ARGUMENT...   one process of `swift test` with these arguments, such as `--filter AdminTests`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The package manager's lock would let one process run at a time; nothing builds meanwhile.
tests() { swift test --skip-build --no-parallel --disable-xctest --ignore-lock "$@"; }
(($# == 0)) || { tests "$@"; exit; }

# The targets of each process. One more has every test that none of these has, so that a new target runs without being named.
groups=('ServerTests|SkewWatchTests|WebSocketLoopTests|SkewWatchCommandTests')
rest=$(IFS='|'; echo "^(${groups[*]})\\.")

said=$(mktemp -d)
processes=()
trap 'kill "${processes[@]}" 2>/dev/null || true; rm -rf "$said"' EXIT
began=$SECONDS
for number in "${!groups[@]}"; do
    tests --filter "^(${groups[number]})\\." >"$said/$number" 2>&1 &
    processes+=($!)
done
tests --skip "$rest" >"$said/${#groups[@]}" 2>&1 &
processes+=($!)

failed=()
for number in "${!processes[@]}"; do
    if wait "${processes[number]}"; then cat "$said/$number"; else failed+=("$number"); fi
done
processes=()
for number in "${failed[@]}"; do cat "$said/$number"; done

# Once more what failed, so that it is found at the end of a long output: each test's first three issues.
for number in "${failed[@]}"; do
    sed 's/\x1b\[[0-9;]*m//g' "$said/$number" | awk '
        / recorded an issue / { name = $0; sub(/ recorded an issue .*/, "", name); shown = ++issues[name] <= 3; if (shown) print substr($0, 1, 300); next }
        shown && /^↳/ { print "    " substr($0, 1, 300); next }
        { shown = 0 }'
done

# A process without a closing line has not run to its end.
sed 's/\x1b\[[0-9;]*m//g' "$said"/* | awk -v wanted=$((${#groups[@]} + 1)) -v failures=${#failed[@]} -v seconds=$((SECONDS - began)) '
    / Test run with [0-9]+ tests? in [0-9]+ suites? (passed|failed) after / {
        closed++
        for (i = 1; i < NF; i++) {
            if ($(i + 1) ~ /^tests?$/) tests += $i
            if ($(i + 1) ~ /^suites?$/) suites += $i
            if ($(i + 1) ~ /^issues?[.,]?$/) issues += $i
        }
    }
    END {
        if (closed != wanted) print "Only " closed + 0 " of " wanted " processes ended with the line that closes a run."
        verdict = failures || closed != wanted ? "✘ Test run with %d tests in %d suites failed after %d seconds with %d issues.\n" : "✔ Test run with %d tests in %d suites passed after %d seconds.\n"
        printf verdict, tests, suites, seconds, issues
        exit failures || closed != wanted
    }'
