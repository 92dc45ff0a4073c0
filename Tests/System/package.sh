#!/usr/bin/env bash
# Builds what a release has, and tries it where nobody has Swift: the checksums, the Debian package by lintian, its installation in a
# root of its own, serving and restarting there as its own user, the tarball, the list of what is in it.
# Usage: Tests/System/package.sh; needs root (for the second root), mmdebstrap, lintian, dpkg-dev. RELEASE names a folder that
# Docker/release.sh has filled before.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need mmdebstrap lintian dpkg-shlibdeps readelf curl python3
source Tests/System/root.sh
cleanup_more() { leave_root; }
release=$(release_folder)
package=$(ls "$release"/*.deb)
tarball=$(ls "$release"/*.tar.gz)

checksums() { (cd "$release" && sha256sum --quiet --check SHA256SUMS); }
holds "checksums" checksums
holds "lintian: no error, no warning" lintian --tag-display-limit 0 --allow-root --fail-on error,warning "$package"
bill_of_materials() {
    tar -xzOf "$tarball" --wildcards '*/NEEDS' | python3 -c '
import json, sys
bom = json.load(open(sys.argv[1]))
versions = {component["name"]: component["version"] for component in bom["components"]}
assert bom["bomFormat"] == "CycloneDX" and all(versions.values()), versions
pins = {pin["identity"]: pin["state"]["version"] for pin in json.load(open("Package.resolved"))["pins"]}
assert pins.items() <= versions.items(), (pins, versions)
missing = {"swift", "libc6", *sys.stdin.read().split()} - versions.keys()
assert not missing, missing' "$release"/*.cdx.json
}
holds "the list of what is in it" bill_of_materials

make_root "$scratch/root" "$package"
no_swift() { ! in_root ldd /usr/bin/skewwatch | grep -E 'libswift|not found'; }
check "what the loader has filled in is read-only" "$(readelf -lW "$root/usr/bin/skewwatch" | grep -c GNU_RELRO) $(readelf -dW "$root/usr/bin/skewwatch" | grep -c NOW)" "1 [12]"
holds "it needs no library of Swift's, and finds all others" no_swift
check "tokens: rights and owner" "$(in_root stat -c '%a %U %G' /etc/skewwatch/stats-token /etc/skewwatch/admin-token | sort -u)" "640 root skewwatch"
check "tokens: they differ, and are long" "$(cat "$root"/etc/skewwatch/*-token | wc -c) $(in_root sh -c 'cmp -s /etc/skewwatch/*-token && echo same')" "128 "
unit=$root/lib/systemd/system/skewwatch.service
check "the unit starts what is there" "$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit")" /usr/bin/skewwatch
check "the socket unit is there, and says nothing of other paths" "$(grep -c usr/local "$root/lib/systemd/system/skewwatch.socket")" 0
holds "the manual and the completions are there" test -s "$root/usr/share/bash-completion/completions/skewwatch" -a -s "$root/usr/share/man/man1/skewwatch.1.gz"

port=$((20000 + $$ % 10000))
serve() {
    # In this process's place, so that it is the one that is waited for.
    (exec chroot "$root" /usr/bin/env -i setpriv --reuid skewwatch --regid skewwatch --init-groups env SKEWWATCH_STATS_TOKEN_FILE=/etc/skewwatch/stats-token \
        SKEWWATCH_ADMIN_TOKEN_FILE=/etc/skewwatch/admin-token SKEWWATCH_HOST=127.0.0.1 SKEWWATCH_PORT=$port SKEWWATCH_INTERNAL_PORT=-1 \
        SKEWWATCH_DRAIN_TIMEOUT=1s /usr/bin/skewwatch serve >>"$scratch/server" 2>&1) &
    server=$!
    pids+=("$server")
    within 10 curl -fsS "http://127.0.0.1:$port/__skew/health" || { cat "$scratch/server" >&2; exit 1; }
}
numbers() { curl -fsS -H "Authorization: Bearer $(cat "$root/etc/skewwatch/stats-token")" "http://127.0.0.1:$port/__skew/admin/stats"; }
for round in first second; do
    serve
    check "$round start: it serves as its own user" "$(ps -o uid= -p "$server" | tr -d ' ')" "$(in_root id -u skewwatch)"
    check "$round start: its token reads" "$(numbers)" '{"total":0,*'
    kill "$server"
    status=0
    wait "$server" || status=$?
    check "$round start: it ends in order" "$status" 0
done
holds "purge leaves nothing of ours" in_root apt-get -q purge -y skewwatch
check "what is left" "$(ls -d "$root/etc/skewwatch" "$root/usr/bin/skewwatch" 2>/dev/null)" ""

# The tarball: its binary runs here, and says what it needs.
tar -C "$scratch" -xzf "$tarball"
folder=$scratch/$(basename "$tarball" .tar.gz)
check "tarball: the binary" "$("$folder/skewwatch" version | head -1)" "skewwatch *revision*"
check "tarball: what it needs" "$(grep -c . "$folder/NEEDS") packages" "[1-9]* packages"
finish "The release can be installed where nobody has Swift."
