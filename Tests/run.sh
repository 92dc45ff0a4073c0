#!/usr/bin/env bash
# Runs every check a change must pass, from a fresh clone on Debian 12 with Swift 6.3 on. Further arguments go to `swift test`.
# Usage: Tests/run.sh [--filter NAME ...]
#
# The steps run in order and the first that fails ends the run. The unit tests come last: their closing line ends the output.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export SKEWWATCH_STRICT=1

step() { printf '\n== %s\n' "$1"; }

step "System packages"
Docker/packages.sh libwebsockets-dev libuv1-dev libwebsockets-evlib-uv libcurl4-openssl-dev libssl-dev ca-certificates pkg-config openssl
command -v swift >/dev/null || { echo "Swift 6.3 or newer is needed: https://www.swift.org/install/linux/" >&2; exit 1; }

step "Format"
swift format lint --strict --parallel --recursive Sources Tests Docker Package.swift </dev/null

step "Import arrows"
Tests/System/arrows.sh

step "JavaScript: one style, and as declared"
Tests/Browser/style.sh </dev/null

step "Build, warnings are errors"
swift build --build-tests </dev/null
swift build --package-path Tests/Load --build-tests </dev/null

step "Commands of the README"
Tests/System/readme.sh </dev/null

step "Browser tests"
# No older build that lies about is tested in its place.
SKEWWATCH=$(swift build --show-bin-path)/skewwatch Tests/Browser/run.sh </dev/null

step "Tests of the load generator"
swift test --package-path Tests/Load --skip-build </dev/null

step "Tests"
# One after the other: tests of timing share two cores.
swift test --skip-build --no-parallel "$@" </dev/null
