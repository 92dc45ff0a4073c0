#!/bin/sh
# Writes the Swift source that holds files as bytes, plain and compressed twice. Usage: pack.sh COMPRESSOR OUTPUT.swift FILE...
# COMPRESSOR is the program AssetCompressor.
# Each visitor would pay for what only readers of the sources need, so a module of several files is sent as one (bundle.sh) with short
# names (names.awk), and all are sent without comments and white space (squeeze.awk).
set -eu
export LC_ALL=C
compressor=$1
output=$2
here=$(dirname "$0")
shift 2
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

bytes() { od -An -v -tu1 -w64 "$1" | sed -E 's/ +/,/g; 1s/^,//'; }
# A part of another module is sent with that one.
is_part() { case $1 in dashboard.*.js | client.tag.js) true ;; *) false ;; esac; }

squeeze() { awk "$@" -f "$here/tokens.awk" -f "$here/names.awk" -f "$here/squeeze.awk"; }

sent() {
    case $1 in
        */dashboard.js) "$here/bundle.sh" "$1" | squeeze -v names=short ;;
        # Only the server's own file is loaded by a tag; bundles are made of the package's.
        */client.js)
            squeeze <"$1"
            sed '/^import /d' "${1%.js}.tag.js" | squeeze
            ;;
        *.js) squeeze <"$1" ;;
        *.css) tr '\n' ' ' <"$1" | sed -E 's/\/\*([^*]|\*[^/])*\*\///g; s/ *([{};,]) */\1/g; s/: /:/g; s/;\}/}/g' ;;
        *.html) sed -E 's/^ +//' "$1" ;;
        *) cat "$1" ;;
    esac
}

{
    echo "enum PackedFiles {"
    echo "    static let all: [(name: String, plain: [UInt8], gzip: [UInt8], brotli: [UInt8])] = ["
    echo "        (\"skewwatch.tgz\", package, [], []),"
    for file in "$@"; do
        name=$(basename "$file")
        id=$(echo "$name" | tr .- __)
        is_part "$name" || echo "        (\"$name\", $id, ${id}_gzip, ${id}_brotli),"
    done
    echo "    ]"
    for file in "$@"; do
        name=$(basename "$file")
        if is_part "$name"; then continue; fi
        id=$(echo "$name" | tr .- __)
        sent "$file" >"$work/$id"
        # Without a name and a time, so that the same files make the same binary.
        gzip -9n <"$work/$id" >"$work/${id}_gzip"
        "$compressor" <"$work/$id" >"$work/${id}_brotli"
        for form in "$id" "${id}_gzip" "${id}_brotli"; do
            echo "    private static let $form: [UInt8] = ["
            bytes "$work/$form"
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
# The second build links the compressor anew, and so comes here again: what is the same stays, or all would be compiled once more.
cmp -s "$work/output" "$output" || mv "$work/output" "$output"
