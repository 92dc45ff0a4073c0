#!/usr/bin/env bash
# Ends well when nobody has had an old build open for a minute: the old API can go then.
# Usage: SKEWWATCH_URL=https://app.example.com/__skew SKEWWATCH_STATS_TOKEN_FILE=/run/secrets/stats-token wait.sh
set -euo pipefail

: "${SKEWWATCH_URL:?the server with its base path}"
status=0
skewwatch wait "$SKEWWATCH_URL" --old "${SKEWWATCH_OLD:-0}" --for "${SKEWWATCH_FOR:-60s}" --timeout "${SKEWWATCH_TIMEOUT:-2h}" || status=$?
case $status in
    0) echo "Nobody is on an old build any more." ;;
    2) echo "The stats token is no longer good." ;;
    124) echo "There are still tabs on an old build; the old API stays." ;;
    *) echo "SkewWatch could not be asked." ;;
esac
exit "$status"
