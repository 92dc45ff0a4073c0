#!/bin/sh
# Makes the npm package of the client, as a folder `package` or packed; the same sources make the same bytes.
# Usage: Sources/PackedAssets/client-package.sh FOLDER, or Sources/PackedAssets/client-package.sh FILE.tgz
# The server sends the packed one at BASE/skewwatch.tgz; where there is npm, `npm pack` in the folder makes it, too.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
assets=$root/Sources/SkewWatch/Web/Assets
target=$1
case $target in
    *.tgz) folder=$(mktemp -d) && trap 'rm -r "$folder"' EXIT ;;
    *) folder=$target && mkdir -p "$folder" ;;
esac
mkdir -p "$folder/package"
# The files that package.json names, and what every package holds.
files=$(sed -n 's/^ *"files": \[\(.*\)\],*$/\1/p' "$assets/package.json" | tr -d '" ' | tr , ' ')
for file in $files package.json; do cp "$assets/$file" "$folder/package/"; done
cp "$root/LICENSE" "$folder/package/"
case $target in
    *.tgz)
        tar --directory "$folder" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=a+rX,u+w,go-w --create package |
            gzip -9n >"$target"
        ;;
esac
