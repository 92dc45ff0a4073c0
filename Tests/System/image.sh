#!/usr/bin/env bash
# Builds the image, runs it as an operator would, and checks what an operator relies on.
# Usage: Tests/System/image.sh
#   ENGINE         the command that builds and runs: docker unless given; podman works too
#   BUILD_OPTIONS  further options of `build`
#   RUN_OPTIONS    how the container is reached: --publish 127.0.0.1:PORT:PORT unless given; --network host works too
#   PORT           a free port of this machine
#   IMAGE          an image that was built before: it is checked, and nothing is built
#   MAX_MEGABYTES  the largest size that passes, 200 unless given (the slim base has 75 to 115 of them)
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
read -ra engine <<<"${ENGINE:-docker}"
image=${IMAGE:-skewwatch:check-$$}
port=${PORT:-$((20000 + $$ % 10000))}
token=image-check-$$
name=skewwatch-check-$$
need "${engine[0]}"
"${engine[@]}" info >/dev/null 2>&1 || cannot "${engine[*]} does not answer."
# The container's user must be able to read the secret.
chmod 755 "$scratch"
printf %s "$token" >"$scratch/stats-token"

run_engine() { "${engine[@]}" "$@"; }
cleanup_more() { run_engine rm -f "$name" >/dev/null 2>&1 || true; }

inspect() { run_engine image inspect "$image" --format "$1"; }
status_of() { run_engine exec "$name" sh -c "sed -n 's/^$1:[[:space:]]*//p' /proc/1/status" | tr '\t' ' '; }

start() {
    local options
    read -ra options <<<"${RUN_OPTIONS:---publish 127.0.0.1:$port:$port}"
    run_engine run --detach --name "$name" "${options[@]}" --read-only --cap-drop all --security-opt no-new-privileges \
        --memory 256m --pids-limit 256 --volume "$scratch/stats-token:/run/secrets/stats-token:ro" \
        --env SKEWWATCH_STATS_TOKEN_FILE=/run/secrets/stats-token --env SKEWWATCH_PORT="$port" \
        --env SKEWWATCH_DRAIN_TIMEOUT=2s --env SKEWWATCH_RELEASE=image-check "$image" "$@" >/dev/null
    for _ in $(seq 100); do
        if curl -fsS "http://127.0.0.1:$port/__skew/health" 2>/dev/null | grep -q image-check; then return; fi
        sleep 0.1
    done
    echo "The server does not answer after 10 s:" >&2
    run_engine logs "$name" >&2
    exit 1
}

# A WebSocket by curl: the handshake, then what the server sends until it closes. Its frames have no mask, so their text can be read.
websocket() {
    curl -sS --http1.1 --no-buffer --include --max-time "$1" --output "$2" --header 'Connection: Upgrade' --header 'Upgrade: websocket' \
        --header 'Sec-WebSocket-Version: 13' --header 'Sec-WebSocket-Key: c2tld3dhdGNoLWNoZWNrIQ==' \
        "http://127.0.0.1:$port/__skew/ws?v=1.2.3" 2>/dev/null || true
}

if [[ -z ${IMAGE:-} ]]; then
    read -ra options <<<"${BUILD_OPTIONS:-}"
    run_engine build ${options[@]+"${options[@]}"} --file Docker/Dockerfile --tag "$image" \
        --build-arg VERSION=check --build-arg REVISION="$(git rev-parse HEAD 2>/dev/null || echo unknown)" .
fi

megabytes=$(($(inspect '{{.Size}}') / 1000000))
check "size in MB, at most ${MAX_MEGABYTES:-200}" "$((megabytes <= ${MAX_MEGABYTES:-200})) ($megabytes)" "1 *"
check "user of the image" "$(inspect '{{.Config.User}}')" 10001:10001
check "stop signal" "$(inspect '{{.Config.StopSignal}}')" SIGTERM
check "health check" "$(inspect '{{.Config.Healthcheck.Test}}')" '*skewwatch health*'
check "label title" "$(inspect '{{index .Config.Labels "org.opencontainers.image.title"}}')" SkewWatch

start
check "user, group of PID 1" "$(status_of Uid), $(status_of Gid)" '10001 10001 10001 10001, 10001 10001 10001 10001'
check "effective capabilities" "$(status_of CapEff)" 0000000000000000
check "no new privileges" "$(status_of NoNewPrivs)" 1
check "PID 1 is the server" "$(status_of Name)" skewwatch
check "the root file system" "$(run_engine exec "$name" sh -c 'touch /probe 2>&1 || true')" '*Read-only file system*'
check "secret is in no environment or command line" \
    "$(run_engine exec "$name" sh -c 'cat /proc/1/environ /proc/1/cmdline' | tr '\0' '\n' | grep -c -- "$token" || true)" 0
check "libraries that are not found" "$(run_engine exec "$name" ldd /usr/local/bin/skewwatch | grep -c 'not found' || true)" 0
check "health by the binary" "$(run_engine exec "$name" /usr/local/bin/skewwatch health 2>&1 | tail -1; echo "${PIPESTATUS[0]}")" '*0'
check "health from outside" "$(curl -sS "http://127.0.0.1:$port/__skew/health")" '{"ok":true,"version":"image-check"*'
check "version" "$(run_engine exec "$name" /usr/local/bin/skewwatch version)" 'skewwatch [0-9]*'

# A socket stays open over the SIGTERM: it is told 1012 (03 F4) and when to come back (`retry=1234`), and the process ends by itself with 0.
websocket 20 "$scratch/socket" &
client=$!
for _ in $(seq 50); do
    if grep -aq connected "$scratch/socket" 2>/dev/null; then break; fi
    sleep 0.1
done
check "WebSocket from outside" "$(head -1 "$scratch/socket" | tr -d '\r')" 'HTTP/1.1 101*'
check "its first message" "$(tail -1 "$scratch/socket" | grep -ao '{.*}')" '{"type":"connected","version":"image-check",*'
began=$(date +%s%N)
run_engine stop --time 15 "$name" >/dev/null
ended=$((($(date +%s%N) - began) / 1000000))
wait "$client"
check "exit status after SIGTERM" "$(run_engine inspect "$name" --format '{{.State.ExitCode}}')" 0
check "drained in under 8000 ms" "$((ended < 8000)) ($ended)" "1 *"
check "close code of the open socket" "$(tail -c 12 "$scratch/socket" | head -c 2 | od -An -tx1 | tr -d ' ') $(tail -c 10 "$scratch/socket")" '03f4 retry=[1-5]???'
check "log has one event a line" \
    "$(run_engine logs "$name" 2>&1 | grep -vc '^{.*}$' || true) other lines, $(run_engine logs "$name" 2>&1 | grep -c Listening)" \
    "0 other lines, 1"
run_engine rm -f "$name" >/dev/null

check "wrong settings end with" \
    "$(run_engine run --rm --network none "$image" --debounce soon >/dev/null 2>&1; echo $?)" 78

if [[ -z ${IMAGE:-} ]]; then run_engine rmi "$image" >/dev/null; fi
finish "The image does what an operator relies on."
