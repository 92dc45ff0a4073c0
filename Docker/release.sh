#!/usr/bin/env bash
# Builds what a release has, into .build-release/VERSION: a tarball with the binary (Swift's library inside, the system's libraries
# not), a Debian package, the image, a list of what is in it (SBOM, CycloneDX), and checksums. For the machine's own architecture.
# Usage: Docker/release.sh [--no-image]
#   ENGINE        the command that builds the image: docker unless given
#   PLATFORMS     platforms of the image by `buildx`, such as linux/amd64,linux/arm64; the machine's own unless given
#   STRIP         how the binary is stripped: --strip-debug unless given, which keeps the names in backtraces
# The version is the one in Sources/SkewWatch/Operation/BuildInfo.swift; CHANGELOG.md must have a section of that name.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { echo "release: $*"; }
fail() {
    echo "release: $*" >&2
    exit 1
}
version=$(sed -n 's/.*static let version = "\(.*\)"$/\1/p' Sources/SkewWatch/Operation/BuildInfo.swift)
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "there is no version in BuildInfo.swift"
grep -q "^## \[$version\]" CHANGELOG.md || fail "CHANGELOG.md has no section [$version]"
revision=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
[[ -z $(git status --porcelain 2>/dev/null) ]] || revision=$revision-changed
# The date of the revision, so that the same source makes the same files.
seconds=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH=$seconds
created=$(date -u -d "@$seconds" +%Y-%m-%dT%H:%M:%SZ)
architecture=$(dpkg --print-architecture)
for tool in swift dpkg-deb dpkg-shlibdeps gzip sha256sum python3; do
    command -v $tool >/dev/null || fail "$tool is missing (apt-get install dpkg-dev)"
done
out=.build-release/$version
rm -rf "$out"
mkdir -p "$out"

say "skewwatch $version, revision $revision, for $architecture."
export SKEWWATCH_REVISION=$revision SKEWWATCH_BUILD_DATE=$created
# What the loader has filled in can't be written to afterwards. By Swift's own linker: that of Debian 13 leaves it out of such a binary.
hardened=(-Xswiftc -use-ld=lld -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now)
build=(swift build -c release --scratch-path .build-static --static-swift-stdlib --product skewwatch "${hardened[@]}")
"${build[@]}" </dev/null
built=$("${build[@]}" --show-bin-path </dev/null)/skewwatch
binary=$out/skewwatch
cp "$built" "$binary"
# shellcheck disable=SC2086  # several options
strip ${STRIP:---strip-debug} "$binary"
[[ $("$binary" version) == "skewwatch $version (revision $revision, built $created)"* ]] || fail "the binary says: $("$binary" version)"

# --- what every form of it has
share=$out/share
mkdir -p "$share"
"$binary" manual >"$share/skewwatch.1"
for shell in bash zsh fish; do "$binary" completion $shell >"$share/skewwatch.$shell"; done

say "the tarball"
name=skewwatch-$version-linux-$architecture
tree=$out/$name
install -D -m 755 "$binary" "$tree/skewwatch"
install -m 644 -t "$tree" LICENSE CHANGELOG.md README.md Docker/examples/systemd/skewwatch.service Docker/examples/systemd/skewwatch.socket "$share/skewwatch.1"
mkdir -p "$tree/completions" "$tree/docs"
cp "$share"/skewwatch.{bash,zsh,fish} "$tree/completions/"
cp Docker/docs/*.md Docker/docs/*.png "$tree/docs/"
cp -r Docker/examples "$tree/examples"
Docker/release/needs.sh "$binary" >"$tree/NEEDS"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$seconds" -C "$out" -cf - "$name" | gzip -9n >"$out/$name.tar.gz"
rm -rf "$tree"

say "the Debian package"
Docker/release/deb.sh "$binary" "$share" "$version" "$architecture" "$out"

say "the list of what is in it"
python3 Docker/release/sbom.py --version "$version" --created "$created" --binary "$binary" >"$out/skewwatch-$version.cdx.json"

if [[ ${1:-} != --no-image ]]; then
    read -ra engine <<<"${ENGINE:-docker}"
    if command -v "${engine[0]}" >/dev/null && "${engine[@]}" info >/dev/null 2>&1; then
        say "the image"
        options=(--file Docker/Dockerfile --tag "skewwatch:$version" --build-arg "VERSION=$version" --build-arg "REVISION=$revision" --build-arg "CREATED=$created")
        if [[ -n ${PLATFORMS:-} ]]; then
            "${engine[@]}" buildx build "${options[@]}" --platform "$PLATFORMS" --output "type=oci,dest=$out/skewwatch-$version.oci.tar" .
        else
            "${engine[@]}" build "${options[@]}" .
            "${engine[@]}" save --output "$out/skewwatch-$version-image-$architecture.tar" "skewwatch:$version"
        fi
    else
        say "no image: ${engine[*]} does not answer here"
    fi
fi

rm -rf "$share" "$binary"
(cd "$out" && sha256sum -- * >SHA256SUMS)
say "done:"
ls -l "$out"
