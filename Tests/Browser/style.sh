#!/usr/bin/env bash
# Checks the style and the types of what browsers load: one format, a linter, no line of 120 characters, and TypeScript's checker,
# which also holds the modules against their .d.ts files. Then the rules that need no browser are tested. Usage: Tests/Browser/style.sh [--fix]; that writes the format.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
Docker/packages.sh node-typescript nodejs python3-venv
venv=.build-venv
[ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r Tests/Browser/requirements.txt

assets=Sources/SkewWatch/Web/Assets
files=("$assets"/*.js Tests/Browser/pages/*.js Tests/Browser/*.test.js)
mode=--check
[ "${1:-}" != --fix ] || mode=--write
"$venv/bin/oxfmt" --config Tests/Browser/oxfmt.json "$mode" "${files[@]}"
"$venv/bin/oxlint" --config Tests/Browser/oxlint.json --deny-warnings "$assets" Tests/Browser/pages Tests/Browser/*.test.js
if grep -nE '^.{120}' "${files[@]}"; then
    echo "These lines have 120 characters or more." >&2
    exit 1
fi

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
mkdir "$work/undeclared"
cp "$assets"/*.js "$assets"/*.d.ts Tests/Browser/globals.d.ts Tests/Browser/types.ts Tests/Browser/tsconfig.json "$work"
cp "$assets"/client.js "$assets"/client.stream.js "$assets"/callers.js "$assets"/vue.js "$assets"/react.js "$work/undeclared"
sed -i "s/^class Connection/export &/" "$work/undeclared/client.js"
tsc --project "$work"
echo '{"type":"module"}' >"$work/package.json"
cp Tests/Browser/*.test.js Tests/rollout-states.json Docker/docs/rollouts.md "$work"
# As it is sent: a name at the top of one part must not be that of another part.
Sources/PackedAssets/bundle.sh "$assets/dashboard.js" >"$work/whole.js"
node --check "$work/whole.js"
node --test "$work" >"$work/report" || {
    cat "$work/report" >&2
    exit 1
}
echo "JavaScript: ${#files[@]} files in one style, and as their declarations say."
