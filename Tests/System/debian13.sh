#!/usr/bin/env bash
# Runs both commands of the README on Debian 13, whose libwebsockets is 4.3, in a root of its own that debootstrap makes.
# Usage: Tests/System/debian13.sh [--keep FOLDER] [COMMAND...]   COMMAND is run in the clone instead of the two. What is built in a FOLDER
# that is kept is there the next time. SUITE=bookworm makes it a bare Debian 12, SUITE=noble an Ubuntu 24.04, whose keys are in
# /usr/share/keyrings/ubuntu-archive-keyring.gpg or in the file that KEYRING names (Ubuntu's package ubuntu-keyring has it).
# Needs root. What is committed is tested. Swift of this machine goes along, and what tells it where packages come from.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
((EUID == 0)) || { echo "A root of Debian 13 needs root to be made." >&2; exit 1; }

if [[ ${1:-} == --keep ]]; then
    root=$2
    shift 2
else
    root=$(mktemp -d)
    trap 'rm -rf --one-file-system "$root"' EXIT
fi
command -v debootstrap >/dev/null || Docker/packages.sh debootstrap
suite=${SUITE:-trixie} options=() mirror=()
case $suite in
    bookworm) gcc=12 ;;
    trixie) gcc=14 ;;
    noble)
        # Debian's debootstrap knows Ubuntu's older releases, which are made in the same way.
        gcc=13 mirror=(http://archive.ubuntu.com/ubuntu gutsy)
        options=(--components=main,universe --keyring="${KEYRING:-/usr/share/keyrings/ubuntu-archive-keyring.gpg}")
        ;;
    *) echo "SUITE is trixie, bookworm or noble, not $suite." >&2; exit 64 ;;
esac
if [[ ! -e $root/etc/debian_version ]]; then
    echo "Makes a root of $suite."
    debootstrap --variant=minbase --include=ca-certificates,curl,git,python3 "${options[@]}" "$suite" "$root" "${mirror[@]}" >/dev/null
    # What Swift itself needs, by the names of that release: https://www.swift.org/install/linux/
    DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -qq -y --no-install-recommends \
        binutils libc6-dev libgcc-$gcc-dev libstdc++-$gcc-dev libedit2 libncurses6 libsqlite3-0 libxml2 zlib1g-dev </dev/null >/dev/null
fi
[[ -d $root/src ]] || git init -q "$root/src"
git -C "$root/src" fetch -q "$PWD" HEAD
git -C "$root/src" checkout -q --force --detach FETCH_HEAD

# The folders of this machine that are seen there, too, under the same names.
toolchain=$(readlink -f "$(command -v swift)")
shared=("${toolchain%/usr/bin/*}")
while read -r folder; do [[ -d $folder ]] && shared+=("$folder"); done < <(
    git config --get-regexp '^url\..*\.insteadof$' | sed 's/^url\.//; s/\.insteadof.*//' | sort -u
    echo "${PIP_FIND_LINKS:-}"
)
for file in /etc/gitconfig /etc/resolv.conf /etc/hosts; do [[ ! -e $file ]] || cp "$file" "$root$file"; done
# Whom this machine trusts besides, as a copy: what is installed in there writes its own list.
if [[ -d /usr/local/share/ca-certificates ]]; then
    mkdir -p "$root/usr/local/share"
    cp -r /usr/local/share/ca-certificates "$root/usr/local/share/"
    chroot "$root" update-ca-certificates >/dev/null 2>&1
fi
mapfile -t environment < <(env | grep -E '^(PIP_|SSL_CERT_)' || true)

# The mounts are seen by this one command and end with it.
inside() {
    root=$root unshare --mount bash -euc '
        for folder in "${@:2:$1}"; do
            mkdir -p "$root$folder"
            mount --bind "$folder" "$root$folder"
        done
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/tmp"
        mount -t proc proc "$root/proc" 2>/dev/null || mount --bind /proc "$root/proc"
        exec chroot "$root" "${@:$1+2}"' inside ${#shared[@]} "${shared[@]}" \
        /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH="${toolchain%/*}:/usr/sbin:/usr/bin:/sbin:/bin" "${environment[@]}" \
        sh -c 'cd /src && exec "$@"' sh "$@" </dev/null
}

if (($#)); then
    inside "$@"
    exit
fi
inside Tests/run.sh
# The other command, until the server answers; and once more, when there is nothing to install or to compile.
inside bash -euc '
    for round in first second; do
        port=$(python3 -c "import socket; s = socket.create_server((\"127.0.0.1\", 0)); print(s.getsockname()[1])")
        Docker/run.sh --port "$port" --internal-port -1 >/tmp/run.log 2>&1 &
        server=$!
        for ((second = 0; second < 900; second++)); do
            if curl -fsS "http://127.0.0.1:$port/__skew/health" 2>/dev/null; then break; fi
            kill -0 "$server" || { cat /tmp/run.log >&2; exit 1; }
            sleep 1
        done
        kill "$server"
        wait "$server"
    done
    if grep -E "Compiling|installing" /tmp/run.log; then
        echo "The second time something was done anew." >&2
        exit 1
    fi'
echo
echo "$(. "$root/etc/os-release" && echo "$NAME"), $(cat "$root/etc/debian_version"): both commands of the README work."
