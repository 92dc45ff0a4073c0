#!/usr/bin/env bash
# Names the Debian packages that a binary needs to run on this release of Debian, one a line: those of the libraries that it is linked
# with, and what is loaded or read at run time. Usage: Docker/release/needs.sh BINARY
set -euo pipefail
{
    ldd "$1" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p' | while read -r library; do
        # A package knows its files by their place before /lib became a link to /usr/lib, or after.
        for path in "$library" "$(realpath "$library")" "/usr$library" "${library#/usr}"; do
            if package=$(dpkg-query --search "$path" 2>/dev/null); then
                echo "${package%%:*}"
                break
            fi
        done
    done | sort -u | grep -v '^libc6$' | only_direct=$(readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p') bash -c '
        # Of all that is loaded in the end, what the binary itself names: the rest comes with it.
        while read -r package; do
            for name in $only_direct; do
                if dpkg-query --listfiles "$package" 2>/dev/null | grep -q "/$name$"; then echo "$package"; break; fi
            done
        done'
    # libwebsockets loads its libuv plugin when a loop begins; certificates are read for outgoing TLS.
    echo libwebsockets-evlib-uv
    echo ca-certificates
} | sort -u
