#!/bin/sh
# Writes the Swift source that holds files as bytes, plain and compressed. Usage: pack.sh OUTPUT.swift FILE...
# Each visitor would pay for what only readers of the sources need, so a module of several files is sent as one (bundle.sh), without
# comments and white space (squeeze.awk).
set -eu
export LC_ALL=C
output=$1
here=$(dirname "$0")
shift
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

bytes() { od -An -v -tu1 -w64 "$1" | sed -E 's/ +/,/g; 1s/^,//'; }
# A part of another module is sent with that one.
is_part() { case $1 in dashboard.*.js | client.tag.js) true ;; *) false ;; esac; }

sent() {
    case $1 in
        */dashboard.js) "$here/bundle.sh" "$1" | awk -f "$here/squeeze.awk" ;;
        # Only the server's own file is loaded by a tag; bundles are made of the package's.
        */client.js)
            awk -f "$here/squeeze.awk" "$1"
            sed '/^import /d' "${1%.js}.tag.js" | awk -f "$here/squeeze.awk"
            ;;
        *.js) awk -f "$here/squeeze.awk" "$1" ;;
        *.css) tr '\n' ' ' <"$1" | sed -E 's/\/\*([^*]|\*[^/])*\*\///g; s/ *([{};,]) */\1/g; s/: /:/g; s/;\}/}/g' ;;
        *.html) sed -E 's/^ +//' "$1" ;;
        *) cat "$1" ;;
    esac
}

{
    echo "enum PackedFiles {"
    echo "    static let all: [(name: String, plain: [UInt8], compressed: [UInt8])] = ["
    echo "        (\"skewwatch.tgz\", package, []),"
    for file in "$@"; do
        name=$(basename "$file")
        is_part "$name" || echo "        (\"$name\", $(echo "$name" | tr .- __), $(echo "$name" | tr .- __)_gz),"
    done
    echo "    ]"
    for file in "$@"; do
        name=$(basename "$file")
        if is_part "$name"; then continue; fi
        sent "$file" >"$work/plain"
        # Without a name and a time, so that the same files make the same binary.
        gzip -9n <"$work/plain" >"$work/compressed"
        for kind in plain compressed; do
            [ $kind = plain ] && suffix= || suffix=_gz
            echo "    private static let $(echo "$name" | tr .- __)$suffix: [UInt8] = ["
            bytes "$work/$kind"
            echo "    ]"
        done
    done
    "$here/client-package.sh" "$work/skewwatch.tgz"
    echo "    /// The npm package: what bundlers install."
    echo "    private static let package: [UInt8] = ["
    bytes "$work/skewwatch.tgz"
    echo "    ]"
    echo "}"
} >"$work/output"
mv "$work/output" "$output"
