#!/usr/bin/env bash
# Checks that every import is an arrow of the design, and that C libraries and Foundation stay where they belong.
# Usage: Tests/System/arrows.sh [FOLDER...], folders that hold the targets' folders; those of the server and the load generator unless given.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
(($#)) || set -- Sources Tests/Load/Sources

# What each target may import besides the standard library. A target without a line may import nothing.
standard="Swift Synchronization Glibc"
declare -A allowed=(
    [CLibwebsockets]="" [CLibuv]="" [CLinux]="" [CSQLite]="" [CLibcurl]="" [CLibcrypto]="" [CLibssl]="" [CBuildInfo]="" [CBrotli]=""
    [WebSocketLoop]="CLibssl CLibwebsockets CLibuv CLinux"
    [HTTPCall]="CLibcurl"
    [Cryptography]="CLibcrypto"
    [Presence]=""
    [SkewProtocol]="Presence"
    [SkewCluster]="CLibcurl Cryptography Presence"
    [HistoryStore]="CSQLite Dispatch"
    [SkewWatch]="CBuildInfo HTTPCall Cryptography Presence SkewProtocol WebSocketLoop SkewCluster HistoryStore Logging"
    # The commands that ask a running server (health, watch, announce) are HTTP clients and read what the protocol writes.
    [SkewWatchCommand]="SkewWatch HTTPCall Presence SkewProtocol ArgumentParser Logging"
    # Runs inside the package manager, when the server is built.
    [PackedAssets]="Foundation PackagePlugin"
    [AssetCompressor]="CBrotli"
    [CEpoll]=""
    [SkewWatchLoad]="ArgumentParser CEpoll FoundationEssentials Histogram"
)

faults=0
fault() {
    echo "$1" >&2
    faults=$((faults + 1))
}

for folder in $(find "$@" -mindepth 1 -maxdepth 1 -type d | sort); do
    target=$(basename "$folder")
    if [[ ! -v allowed[$target] ]]; then
        fault "$folder: the target is not in the table of Tests/System/arrows.sh"
        continue
    fi
    # One line per import: file, line number, module. Attributes, access levels and kinds (`import struct M.T`) are skipped.
    while IFS=: read -r file line module; do
        [[ " $standard ${allowed[$target]} " == *" $module "* ]] || fault "$file:$line: $target must not import $module"
    done < <(
        find "$folder" -name '*.swift' -print0 | sort -z | xargs -0 -r awk '
            /^[ \t]*((@[A-Za-z_]+(\([^)]*\))?|public|package|internal|fileprivate|private)[ \t]+)*import[ \t]/ {
                sub(/^.*import[ \t]+/, "")
                sub(/^(typealias|struct|class|enum|protocol|let|var|func)[ \t]+/, "")
                sub(/[^A-Za-z0-9_].*$/, "")
                print FILENAME ":" FNR ":" $0
            }'
    )
done

if ((faults > 0)); then
    echo "$faults import(s) against the arrows of the design." >&2
    exit 1
fi
echo "Every import is an arrow of the design."
