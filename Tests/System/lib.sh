# Shared by the scripts of this folder, which source it: the root of the repository as working folder, a scratch folder, processes
# that end with the script, and checks that are counted. The script ends with `finish`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
PATH=$PATH:/usr/sbin
scratch=$(mktemp -d)
pids=()
# The server under test, where one runs.
server=
faults=0

# Further cleaning of a script's own: it defines `cleanup_more`.
cleanup_more() { :; }
cleanup() {
    kill "${pids[@]}" ${server:+"$server"} 2>/dev/null || true
    wait
    cleanup_more
    rm -rf "$scratch"
}
trap cleanup EXIT

# This machine cannot run the script: exit code 77, which nobody may take for a pass.
cannot() {
    echo "Cannot run here: $*" >&2
    exit 77
}
need() {
    for tool in "$@"; do command -v "$tool" >/dev/null || cannot "$tool is missing."; done
}

# check WHAT IS WANTED: whether a value is as wanted, which may be a pattern.
check() {
    local what=$1 is=$2 wanted=$3
    # shellcheck disable=SC2053  # what is wanted may be a pattern
    if [[ $is == "$wanted" || $is == $wanted ]]; then
        printf 'ok    %-52s %s\n' "$what" "${is:0:90}"
    else
        printf 'WRONG %-52s %s, not %s\n' "$what" "$is" "$wanted"
        faults=$((faults + 1))
    fi
}
# holds WHAT COMMAND...: whether a command succeeds; what it says is shown where it does not.
holds() {
    local what=$1
    shift
    if "$@" >"$scratch/output" 2>&1; then
        echo "ok    $what"
    else
        echo "WRONG $what"
        sed 's/^/      /' "$scratch/output"
        faults=$((faults + 1))
    fi
}
# within SECONDS COMMAND...: waits until a command succeeds.
within() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < end)) || return 1
        sleep 0.05
    done
}

# The server to test: SKEWWATCH, or the build of this configuration (debug or release).
binary() {
    SKEWWATCH=${SKEWWATCH:-.build/$1/skewwatch}
    [[ -x $SKEWWATCH ]] || swift build -c "$1" --product skewwatch >&2 </dev/null
    SKEWWATCH=$(realpath "$SKEWWATCH")
}
# Starts it on a host with free ports; then $port, $internal and $server (its pid) are known, and $scratch/log is its log.
start_server() {
    local host=$1
    shift
    "$SKEWWATCH" serve --host "$host" --port 0 --internal-host "$host" --internal-port 0 --drain-timeout 0s --log-format text "$@" \
        >/dev/null 2>"$scratch/log" &
    server=$!
    pids+=("$server")
    within 10 listens "$host" || { cat "$scratch/log" >&2; exit 1; }
}
listens() {
    port=$(sed -n "s|.*Listening\..*http://$1:\([0-9]*\).*|\1|p" "$scratch/log")
    internal=$(sed -n "s|.*Probes and metrics\..*http://$1:\([0-9]*\).*|\1|p" "$scratch/log")
    [[ -n $port && -n $internal ]]
}

finish() {
    ((faults == 0)) || { echo "$faults check(s) failed." >&2; exit 1; }
    echo "$1"
}
