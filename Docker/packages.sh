#!/usr/bin/env bash
# Installs Debian packages that are missing, and says which; it asks nothing. Without any missing it changes nothing and needs no rights.
# Usage: Docker/packages.sh [--list] PACKAGE...; with --list it only names those that are missing.
set -euo pipefail
fail() {
    echo "$*" >&2
    exit 1
}

list=
if [[ ${1:-} == --list ]]; then
    list=yes
    shift
fi
command -v dpkg-query >/dev/null || fail "This is no Debian or Ubuntu: install what stands for these packages by hand: $*"
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
command -v apt-get >/dev/null || fail "There is no apt-get here: install these packages by hand: ${missing[*]}"
as_root=()
if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "These packages need root, and there is no sudo; as root: apt-get install ${missing[*]}"
    as_root=(sudo)
fi
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null; }
apt update || fail "The list of packages cannot be read: is there a network? Missing are: ${missing[*]}"
unknown=()
for package in "${missing[@]}"; do
    candidate=$(LC_ALL=C apt-cache policy "$package" 2>/dev/null | sed -n 's/^  Candidate: //p')
    [[ $candidate && $candidate != "(none)" && $candidate != *snap* ]] || unknown+=("$package")
done
((${#unknown[@]} == 0)) || fail "No list of this release has: ${unknown[*]}. Is there a network? Of browsers, Ubuntu has snaps: sudo snap install chromium firefox"
apt install -y --no-install-recommends "${missing[@]}" >/dev/null || fail "These packages cannot be installed: ${missing[*]}; apt-get says why above. Is there a network?"
