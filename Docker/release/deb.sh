#!/usr/bin/env bash
# Builds the Debian package. Usage: Docker/release/deb.sh BINARY SHARE VERSION ARCHITECTURE FOLDER; SHARE holds manual and completions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
binary=$1 share=$2 version=$3 architecture=$4 out=$5
seconds=${SOURCE_DATE_EPOCH:-$(date +%s)}
maintainer="SkewWatch <skewwatch@example.org>"
root=$out/deb
rm -rf "$root"

install -D -m 755 "$binary" "$root/usr/bin/skewwatch"
install -d "$root/usr/share/man/man1"
gzip -9nc "$share/skewwatch.1" >"$root/usr/share/man/man1/skewwatch.1.gz"
install -D -m 644 "$share/skewwatch.bash" "$root/usr/share/bash-completion/completions/skewwatch"
install -D -m 644 "$share/skewwatch.zsh" "$root/usr/share/zsh/vendor-completions/_skewwatch"
install -D -m 644 "$share/skewwatch.fish" "$root/usr/share/fish/vendor_completions.d/skewwatch.fish"

# The unit of the examples, with the package's paths. Debian 12 wants units in /lib, later releases in /usr/lib, which is the same folder.
units=$root/usr/lib/systemd/system
[[ $(. /etc/os-release && echo "${VERSION_CODENAME:-}") == bookworm ]] && units=$root/lib/systemd/system
install -d "$units" "$root/etc/skewwatch"
{
    echo "# SkewWatch, as the package sets it up. Changes go to /etc/skewwatch/environment, or into: systemctl edit skewwatch"
    sed -e '/^#.*Three lines/,/^#   systemctl/d' -e '/^# SkewWatch without/d' -e 's#/usr/local/bin/#/usr/bin/#' \
        -e 's#^Wants=#Documentation=man:skewwatch(1)\nWants=#' Docker/examples/systemd/skewwatch.service
} >"$units/skewwatch.service"
grep -q '/usr/bin/skewwatch serve' "$units/skewwatch.service"
# Lies beside it, for who wants restarts without a refused connection; it is not turned on.
sed -e '/ Beside skewwatch.service, as root:$/s/ Beside.*//' -e '/^#   /d' Docker/examples/systemd/skewwatch.socket \
    >"$units/skewwatch.socket"
chmod 644 "$units/skewwatch.socket"
{
    echo "# Settings of SkewWatch, one a line; the unit reads this file. Those without a # are the defaults; remove what you do not need."
    echo "# skewwatch check says whether they are right. Tokens are in stats-token and admin-token beside this file."
    echo
    "$binary" default-env | sed -e 's/^SKEWWATCH_/#SKEWWATCH_/'
} >"$root/etc/skewwatch/environment"
chmod 644 "$root/etc/skewwatch/environment"

docs=$root/usr/share/doc/skewwatch
install -D -m 644 README.md "$docs/README.md"
install -m 644 Docker/docs/*.md "$docs/"
cp -r Docker/examples "$docs/examples"
find "$docs/examples" -type f -exec chmod 644 {} +
find "$docs/examples" -name '*.sh' -exec chmod 755 {} +
gzip -9nc CHANGELOG.md >"$docs/changelog.gz"
printf 'skewwatch (%s) unstable; urgency=medium\n\n  * See changelog.gz for what changed.\n\n -- %s  %s\n' \
    "$version" "$maintainer" "$(date -u -R -d "@$seconds")" | gzip -9nc >"$docs/changelog.Debian.gz"
cat >"$docs/copyright" <<COPYRIGHT
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: SkewWatch
Comment: The binary holds parts of the Swift project (its standard library, swift-argument-parser, swift-log, swift-collections),
 which are under the same license, with an exception for what the compiler copies into binaries.

Files: *
Copyright: 2026 the authors of SkewWatch
License: Apache-2.0
 On Debian systems the full text of the Apache License, version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
COPYRIGHT
install -D -m 644 /dev/stdin "$root/usr/share/lintian/overrides/skewwatch" <<'OVERRIDES'
# Swift's own library is linked statically, so that the package needs nothing that Debian does not have.
skewwatch: unstripped-binary-or-object [usr/bin/skewwatch]
skewwatch: initial-upload-closes-no-bugs [usr/share/doc/skewwatch/changelog.Debian.gz:1]
OVERRIDES

install -d "$root/DEBIAN"
# What it is linked with, with the versions that it needs, and what it loads at run time.
work=$(mktemp -d)
mkdir "$work/debian"
printf 'Source: skewwatch\n\nPackage: skewwatch\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O -e"$OLDPWD/$root/usr/bin/skewwatch" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
rm -rf "$work"
[[ -n $depends ]] || { echo "dpkg-shlibdeps says nothing of $binary" >&2; exit 1; }
cat >"$root/DEBIAN/control" <<CONTROL
Package: skewwatch
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)
Depends: $depends, libwebsockets-evlib-uv, ca-certificates, adduser
Section: net
Priority: optional
Description: who has your web app open, live: tabs, builds, routes
 SkewWatch is one small server beside a web app. Each open tab keeps a
 connection to it, so it knows how many tabs are open, on which build and on
 which route, and tells it to those who are authorized. So a rollout can be
 watched, and the open tabs can be told that a new build is out.
CONTROL
echo /etc/skewwatch/environment >"$root/DEBIAN/conffiles"
cp Docker/release/postinst Docker/release/prerm Docker/release/postrm "$root/DEBIAN/"
chmod 755 "$root/DEBIAN"/{postinst,prerm,postrm}
(cd "$root" && find . -path ./DEBIAN -prune -o -path ./etc -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
find "$root" -type d -exec chmod 755 {} +
find "$root" -exec touch -h -d "@$seconds" {} +
dpkg-deb --root-owner-group -Zxz --build "$root" "$out/skewwatch_${version}_$architecture.deb" >/dev/null
rm -rf "$root"
