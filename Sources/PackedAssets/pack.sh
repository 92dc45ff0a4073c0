#!/bin/sh
# Writes the Swift source that holds files as bytes, plain and compressed. Usage: pack.sh OUTPUT.swift FILE...
# Modules lose their indentation and the lines that are comments and nothing else: readers find those in the sources, and each visitor
# would pay for them.
set -eu
output=$1
shift
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

bytes() { od -An -v -tu1 -w64 "$1" | sed -E 's/ +/,/g; 1s/^,//'; }

{
    echo "enum PackedFiles {"
    echo "    static let all: [(name: String, plain: [UInt8], compressed: [UInt8])] = ["
    echo "        (\"skewwatch.tgz\", package, []),"
    for file in "$@"; do
        name=$(basename "$file")
        echo "        (\"$name\", $(echo "$name" | tr .- __), $(echo "$name" | tr .- __)_gz),"
    done
    echo "    ]"
    for file in "$@"; do
        name=$(basename "$file")
        case $name in
            *.js) sed -E 's/^ +//; /^\/\/( |$)/d; /^\/\*\*.*\*\/$/d; /^\/\*\*/,/\*\/$/d' "$file" ;;
            *) cat "$file" ;;
        esac >"$work/plain"
        # Without a name and a time, so that the same files make the same binary.
        gzip -9n <"$work/plain" >"$work/compressed"
        for kind in plain compressed; do
            [ $kind = plain ] && suffix= || suffix=_gz
            echo "    private static let $(echo "$name" | tr .- __)$suffix: [UInt8] = ["
            bytes "$work/$kind"
            echo "    ]"
        done
    done
    "$(dirname "$0")/client-package.sh" "$work/skewwatch.tgz"
    echo "    /// The npm package: what bundlers install."
    echo "    private static let package: [UInt8] = ["
    bytes "$work/skewwatch.tgz"
    echo "    ]"
    echo "}"
} >"$work/output"
mv "$work/output" "$output"
