#!/usr/bin/env bash
# What Docker/run.sh and Docker/packages.sh say where something is missing: one sentence each, before anything is installed or built.
# Usage: Tests/System/firststep.sh; it needs root. Tests/System/examples.sh runs it.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
((EUID == 0)) || cannot "a mount and another user need root"
need unshare setpriv
chmod 755 "$scratch"
mkdir "$scratch/bin" "$scratch/few" "$scratch/noexec"
few=$scratch/few
for tool in bash dirname mktemp chmod rm; do ln -s "$(command -v $tool)" "$few/"; done

# A compiler that says what it is told to, and a list of packages without any.
swift_says() { printf '#!/bin/sh\n%s\n' "$1" >"$scratch/bin/swift" && chmod 755 "$scratch/bin/swift"; }
printf '#!/bin/sh\nexit 1\n' >"$scratch/bin/dpkg-query" && chmod 755 "$scratch/bin/dpkg-query"
# says WHAT SENTENCE COMMAND...: it fails, and that sentence is all.
says() {
    local what=$1 sentence=$2 said status=0
    shift 2
    said=$("$@" 2>&1 </dev/null) || status=$?
    check "$what" "$said (exit code $status)" "$sentence (exit code 1)"
}
run() { env PATH="$scratch/bin:/usr/bin:/bin" TMPDIR="${TMPDIR:-/tmp}" Docker/run.sh; }

says "no Swift" "Swift 6.3 or newer is needed and not in the PATH: https*" env PATH=/usr/bin:/bin Docker/run.sh
swift_says 'echo "Swift version 6.1.2 (swift-6.1.2-RELEASE)"'
says "an older Swift" "Swift 6.3 or newer is needed, and this is 6.1: https*" run
swift_says 'echo "cannot open libfoo.so" >&2; exit 127'
says "a Swift that does not start" "swift is in the PATH but does not start: cannot open libfoo.so" run
swift_says 'echo "Swift version 6.3 (swift-6.3-RELEASE)"'
TMPDIR=$scratch/nowhere says "no temporary folder" "Nothing can be written to */nowhere; set TMPDIR to another folder." run
noexec() {
    unshare --mount bash -c 'mount -t tmpfs -o noexec tmpfs "$1" && TMPDIR=$1 PATH=$2 exec Docker/run.sh' sh "$scratch/noexec" "$scratch/bin:/usr/bin:/bin"
}
says "a temporary folder where nothing may be run" "Programs in */noexec must not be run (noexec); set TMPDIR to another folder." noexec
rm "$scratch/bin/dpkg-query"
says "no Debian" "This is no Debian or Ubuntu: install what stands for these packages by hand: libwebsockets-dev *" \
    env PATH="$scratch/bin:$few" bash Docker/run.sh
printf '#!/bin/sh\nexit 1\n' >"$scratch/bin/dpkg-query" && chmod 755 "$scratch/bin/dpkg-query"
ln -s "$(command -v setpriv)" "$(command -v apt-get)" "$few/"
says "no root, no sudo" "System packages: installing libfoo-dev.*These packages need root, and there is no sudo; as root: apt-get install libfoo-dev" \
    env PATH="$scratch/bin:$few" setpriv --reuid 65534 --regid 65534 --clear-groups bash Docker/packages.sh libfoo-dev
says "no network" "System packages: installing skewwatch-nowhere.*No list of this release has: skewwatch-nowhere. Is there a network?*" \
    unshare --net bash Docker/packages.sh skewwatch-nowhere
finish "What is missing is said in a sentence."
