#!/bin/sh
# Writes a module and all those of its own folder that it imports as one module: a page asks once, where an import of an import
# would be asked for one after the other, and one file compresses better than twenty. Usage: bundle.sh FILE.js
# What is imported only when it is needed (`import('./client.stream.js')`) stays a file of its own.
# A name at the top of a module stands for itself in the whole, so no two modules may have the same one; a second `const` of a name
# is an error of the browser, and of Tests/Browser/style.sh.
set -eu
entry=$1
folder=$(dirname "$entry")
seen=' '

# What it imports comes first, each once.
visit() {
    case $seen in *" $1 "*) return ;; esac
    seen="$seen$1 "
    for other in $(sed -nE "s/^(import|\}).* from '\.\/(.*)';$/\2/p" "$folder/$1"); do visit "$other"; done
    order="${order-}$1 "
}
visit "$(basename "$entry")"

for file in $order; do
    awk '
        /^import / { open = 1 }
        open { if (/;$/) open = 0; next }
        { sub(/^export /, ""); print }
    ' "$folder/$file"
done
