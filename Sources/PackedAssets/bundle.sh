#!/bin/sh
# Writes a module and those of its own folder that begin with its name (`dashboard.js`, `dashboard.chart.js`) as one module:
# a page asks once, and one file compresses better than twenty. Usage: bundle.sh FILE.js
# A name at the top of a module stands for itself in the whole, so no two modules may have the same one; a second `const` of a name
# is an error of the browser, and of Tests/Browser/style.sh.
set -eu
entry=$1
folder=$(dirname "$entry")
stem=$(basename "$entry" .js)
seen=' '

# What it imports comes first, each once.
visit() {
    case $seen in *" $1 "*) return ;; esac
    seen="$seen$1 "
    for other in $(sed -nE "s/^(import|\}).* from '\.\/($stem\..*)';$/\2/p" "$folder/$1"); do visit "$other"; done
    order="${order-}$1 "
}
visit "$(basename "$entry")"

for file in $order; do
    awk -v own="from './$stem." '
        /^import / { text = ""; open = 1 }
        open { text = text $0 "\n"; if (/;$/) { open = 0; if (!index(text, own)) printf "%s", text }; next }
        { sub(/^export /, ""); print }
    ' "$folder/$file"
done
