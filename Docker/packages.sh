#!/usr/bin/env bash
# Installs Debian packages that are missing, and says which. Without any missing it changes nothing and needs no rights.
# Usage: Docker/packages.sh [--list] PACKAGE...; with --list it only names those that are missing.
set -euo pipefail

list=
if [[ ${1:-} == --list ]]; then
    list=yes
    shift
fi
missing=()
for package in "$@"; do
    state=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $state == installed ]] || missing+=("$package")
done
if [[ -n $list ]]; then
    echo "${missing[*]}"
    exit 0
fi
if ((${#missing[@]} == 0)); then
    echo "System packages: all there."
    exit 0
fi

echo "System packages: installing ${missing[*]}."
as_root=()
if ((EUID != 0)); then
    command -v sudo >/dev/null || { echo "These packages need root: apt-get install ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
fi
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null; }
apt update
apt install -y --no-install-recommends "${missing[@]}" >/dev/null
