#!/usr/bin/env bash
# Tests the browser client, the composable and the dashboard in a headless Chromium against the server that SKEWWATCH names.
# Usage: SKEWWATCH=.build/debug/skewwatch Tests/Browser/run.sh [pytest arguments]. Python packages go to .build-venv.
#        Tests/Browser/run.sh --packages   names the packages of Debian that it needs. A browser that is there already needs none: Ubuntu has snaps.
# Two workers, each with one browser for all its tests; `-n 0` runs them one after the other in this process.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
has() { command -v "$@" >/dev/null; }
packages=(python3-venv nodejs fonts-dejavu-core esbuild rollup node-typescript node-react-dom)
has chromium || has google-chrome || packages+=(chromium)
has firefox-esr || has firefox || packages+=(firefox-esr)
if [[ ${1:-} == --packages ]]; then
    echo "${packages[*]}"
    exit
fi
: "${SKEWWATCH:?must name the binary to test, built just now}"
Docker/packages.sh "${packages[@]}"
venv=.build-venv
[ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
pip() { "$venv/bin/pip" install --quiet --disable-pip-version-check "$@"; }
pip -r Tests/Browser/requirements.txt
# Only for the Vue build and the axe-core that they ship; their own dependencies are not needed.
pip --no-deps nicegui axe-playwright-python
Tests/Browser/webpack.sh >/dev/null
exec "$venv/bin/python" -m pytest -q -p no:cacheprovider -n 2 Tests/Browser "$@"
