#!/usr/bin/env bash
# Unpacks Debian's webpack, with what it needs, into .build-venv/webpack, and prints where its modules are. It is not installed: its
# packages go only with Debian's own Node, and a machine may have another one. Usage: Tests/Browser/webpack.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=$PWD/.build-venv/webpack
modules=$folder/usr/share/nodejs
if [[ ! -e $folder/whole ]]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    # What would be installed where nothing is.
    touch "$scratch/status"
    wanted() {
        apt-get install --simulate --no-install-recommends -o Dir::State::status="$scratch/status" webpack 2>/dev/null \
            | awk '/^Inst (node-|webpack)/ { print $2 }'
    }
    names=$(wanted)
    if [[ -z $names ]]; then
        as_root=()
        ((EUID == 0)) || as_root=(sudo)
        "${as_root[@]}" apt-get -qq update >&2
        names=$(wanted)
    fi
    [[ -n $names ]] || { echo "Debian's webpack is not to be had here." >&2; exit 1; }
    # The sandbox of apt's own user is of no use in a folder of ours.
    (cd "$scratch" && xargs apt-get -qq -o APT::Sandbox::User=root download <<<"$names" >&2)
    for package in "$scratch"/*.deb; do dpkg-deb --extract "$package" "$folder"; done
    rm -rf "$folder/usr/share/doc"
    touch "$folder/whole"
fi
echo "$modules"
