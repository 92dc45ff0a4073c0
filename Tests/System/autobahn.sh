#!/usr/bin/env bash
# Autobahn's test suite for WebSockets against the loop, as the echo server of its tests: framing, fragments, pings, UTF-8, closing, limits.
# Its cases of compression are left out, since there is none. The suite is from PyPI and wants Python 2.7, of which only pyenv knows here.
# Usage: Tests/System/autobahn.sh [CASE...], such as 1.* 7.3.1; all unless named. AUTOBAHN names a folder to keep its files and report in.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
python=$(command -v python2.7 || true)
for found in "$HOME"/.pyenv/versions/2.7*/bin/python2.7; do [[ ! -x $found ]] || python=$found; done
"${python:-false}" -c '' 2>/dev/null || cannot "Python 2.7 is missing."
folder=${AUTOBAHN:-$scratch}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
[[ -d $folder/site ]] || "$python" -m pip install --quiet --disable-pip-version-check --target "$folder/site" autobahntestsuite==25.10.1 \
    2>"$scratch/pip" || cannot "the suite cannot be installed: $(tail -1 "$scratch/pip")"

products=$(swift build --show-bin-path </dev/null)
[[ -x $products/WebSocketLoopEcho ]] || swift build --build-tests </dev/null
# Its standard input is its lifetime.
mkfifo "$scratch/lifetime"
"$products/WebSocketLoopEcho" <"$scratch/lifetime" >"$scratch/echo" 2>&1 &
pids+=($!)
exec 9>"$scratch/lifetime"
within 10 grep -q listening "$scratch/echo"
port=$(sed -n 's/listening on \([0-9]*\).*/\1/p' "$scratch/echo")

cases=("$@")
((${#cases[@]})) || cases=('*')
printf -v listed '"%s",' "${cases[@]}"
cat >"$scratch/spec.json" <<JSON
{"outdir": "$folder/report", "servers": [{"agent": "skewwatch", "url": "ws://127.0.0.1:$port"}], "cases": [${listed%,}],
 "exclude-cases": ["12.*", "13.*"], "exclude-agent-cases": {}}
JSON
# `zope` is spread over several folders, which only a site folder joins.
timeout 1200 "$python" -c "import site; site.addsitedir('$folder/site'); from autobahntestsuite.wstest import run; run()" --mode fuzzingclient --spec "$scratch/spec.json" \
    >"$scratch/wstest" 2>&1 || { tail -20 "$scratch/wstest" >&2; exit 1; }
python3 - "$folder/report/index.json" <<'PY' || faults=1
import collections, json, sys
results = json.load(open(sys.argv[1]))["skewwatch"]
print(dict(collections.Counter(result["behavior"] for result in results.values())))
# libwebsockets answers one of several pings that come at once: see limits.md.
KNOWN = {"2.10", "2.11"}
failed = {name for name, result in results.items() if "FAILED" in (result["behavior"], result["behaviorClose"])}
wrong = failed - KNOWN
print("known:", *sorted(failed & KNOWN))
for name in sorted(wrong):
    print("WRONG", name, results[name]["behavior"], results[name]["behaviorClose"])
sys.exit(1 if wrong or not results else 0)
PY
finish "Autobahn's cases are answered as they must be."
