#!/usr/bin/env bash
# The same without the command: one request that is answered when the condition has held. The server sends blanks meanwhile, and a 200 once
# it has sent one; so `reached` in the body decides, not the status.
# Usage: SKEWWATCH_URL=https://app.example.com/__skew SKEWWATCH_STATS_TOKEN=... wait-with-curl.sh
set -euo pipefail

: "${SKEWWATCH_URL:?the server with its base path}" "${SKEWWATCH_STATS_TOKEN:?a token that may see statistics}"
end=$((SECONDS + ${SKEWWATCH_SECONDS:-7200}))
while (( (left = end - SECONDS) > 0 )); do
    # A restart of the server ends the request: then it is asked again.
    answer=$(curl --silent --show-error --get --max-time $((left + 30)) --header @- \
        --data-urlencode "wait=old<=${SKEWWATCH_OLD:-0}" --data-urlencode "for=${SKEWWATCH_FOR:-60s}" --data-urlencode "timeout=${left}s" \
        "$SKEWWATCH_URL/admin/rollout" <<<"Authorization: Bearer $SKEWWATCH_STATS_TOKEN") || answer=""
    case $answer in
        *'"reached":true'*) echo "Nobody is on an old build any more."; exit 0 ;;
        *'"reached":false'*) break ;;
        *'"error"'*) echo "$answer" >&2; exit 1 ;;
    esac
    sleep 5
done
echo "There are still tabs on an old build."
exit 124
