# Shared by the scripts that try a release where nobody has Swift, which source it behind lib.sh: the files of the release, and a root of
# this Debian for them.
((EUID == 0)) || cannot "a second root needs root"

# The folder with what a release has: RELEASE, or what Docker/release.sh makes of this source.
release_folder() {
    if [[ -z ${RELEASE:-} ]]; then
        Docker/release.sh --no-image >&2
        RELEASE=$(ls -d .build-release/*/ | tail -1)
    fi
    realpath "$RELEASE"
}

# make_root FOLDER PACKAGE [NAME...]: a root with nothing but its base and what is named; the package file lies in it as /tmp/skewwatch.deb.
root=
make_root() {
    root=$1
    local suite package=$2
    shift 2
    suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    mmdebstrap --quiet --variant=apt ${1+--include="$(IFS=,; echo "$*")"} "$suite" "$root" >/dev/null 2>"$scratch/mmdebstrap" \
        || { cat "$scratch/mmdebstrap" >&2; exit 1; }
    mount -t proc proc "$root/proc"
    install -m 644 "$package" "$root/tmp/skewwatch.deb"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    # How this machine reaches its packages, the second root does, too.
    cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
    holds "apt knows its packages" in_root apt-get -q update
    holds "apt installs it, with what it needs" in_root apt-get -q install -y --no-install-recommends /tmp/skewwatch.deb
}
in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
leave_root() { umount "$root/proc" 2>/dev/null || true; }
