#!/usr/bin/env bash
# Which lines of Sources the Swift tests run: one line per target, then the files with most lines that no test runs.
# Usage: Tests/coverage.sh [--filter NAME ...]; arguments go to `swift test`. It builds into .build-coverage.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
options=(--scratch-path .build-coverage)
swift test "${options[@]}" --enable-code-coverage --no-parallel "$@" </dev/null
report=$(swift test "${options[@]}" --show-codecov-path </dev/null)
python3 - "$report" "$PWD/Sources/" <<'PYTHON'
import collections, json, sys
report, sources = sys.argv[1:]
files = [f for f in json.load(open(report))["data"][0]["files"] if f["filename"].startswith(sources)]
targets = collections.Counter(), collections.Counter()
missed = []
for file in files:
    name, lines = file["filename"].removeprefix(sources), file["summary"]["lines"]
    for target in (name.split("/")[0], "all"):
        targets[0][target] += lines["covered"]
        targets[1][target] += lines["count"]
    missed.append((lines["count"] - lines["covered"], lines["count"], name))
for target in sorted(targets[1], key=lambda t: (t == "all", t)):
    print(f"{100 * targets[0][target] / targets[1][target]:5.1f} %  {targets[1][target]:6} lines  {target}")
print("\nMost lines that no test runs:")
for gone, count, name in sorted(missed, reverse=True)[:15]:
    print(f"{gone:5} of {count:4}  {name}")
PYTHON
