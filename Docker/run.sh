#!/usr/bin/env bash
# From a fresh clone to a serving server: installs the system packages that are missing, builds the release, serves.
# Usage: Docker/run.sh [settings of `skewwatch serve`]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

"$root/Docker/packages.sh" libwebsockets-dev libuv1-dev libwebsockets-evlib-uv libcurl4-openssl-dev libssl-dev libsqlite3-dev ca-certificates pkg-config
command -v swift >/dev/null || { echo "Swift 6.3 or newer is needed: https://www.swift.org/install/linux/" >&2; exit 1; }

echo "Building the release; the first time this takes some minutes."
swift build --package-path "$root" -c release --product skewwatch </dev/null
binaries=$(swift build --package-path "$root" -c release --show-bin-path </dev/null)

echo "Serving: $binaries/skewwatch serve $*"
exec "$binaries/skewwatch" serve "$@"
