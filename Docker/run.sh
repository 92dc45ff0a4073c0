#!/usr/bin/env bash
# From a fresh clone to a serving server: installs the system packages that are missing, builds the release, serves.
# Usage: Docker/run.sh [COMMAND] [settings], as of `skewwatch`: `Docker/run.sh demo`, `Docker/run.sh --port 8081`.
# Debian 12, Debian 13 or Ubuntu 24.04, with Swift 6.3 or newer.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
fail() {
    echo "$*" >&2
    exit 1
}

# Swift first: without it nothing is installed.
command -v swift >/dev/null || fail "Swift 6.3 or newer is needed and not in the PATH: https://www.swift.org/install/linux/"
said=$(swift --version 2>&1 </dev/null) || fail "swift is in the PATH but does not start: ${said%%$'\n'*}"
[[ $said =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] || fail "swift does not say its version: ${said%%$'\n'*}"
((BASH_REMATCH[1] > 6 || (BASH_REMATCH[1] == 6 && BASH_REMATCH[2] >= 3))) \
    || fail "Swift 6.3 or newer is needed, and this is ${BASH_REMATCH[1]}.${BASH_REMATCH[2]}: https://www.swift.org/install/linux/"
# The compiler runs programs that it has written to its temporary folder.
probe=$(mktemp "${TMPDIR:-/tmp}/skewwatch.XXXXXX" 2>/dev/null) || fail "Nothing can be written to ${TMPDIR:-/tmp}; set TMPDIR to another folder."
printf '#!/bin/sh\n' >"$probe"
chmod +x "$probe"
"$probe" 2>/dev/null || { rm -f "$probe"; fail "Programs in ${TMPDIR:-/tmp} must not be run (noexec); set TMPDIR to another folder."; }
rm -f "$probe"

"$root/Docker/packages.sh" libwebsockets-dev libuv1-dev libwebsockets-evlib-uv libcurl4-openssl-dev libssl-dev libsqlite3-dev libbrotli-dev ca-certificates pkg-config

echo "Building the release; the first time this takes some minutes."
swift build --package-path "$root" -c release --product skewwatch </dev/null \
    || fail "The build failed. The first one fetches two packages from github.com, so it needs the network; what went wrong stands above."
binaries=$(swift build --package-path "$root" -c release --show-bin-path </dev/null)

# Settings alone are those of `serve`.
[[ ${1:-} == [a-z]* ]] || set -- serve "$@"
echo "Starting: $binaries/skewwatch $*"
exec "$binaries/skewwatch" "$@"
