#!/usr/bin/env bash
# Writes a configuration file with every setting, from `skewwatch default-env`: settings without a default are comments.
# Usage: Docker/examples/config/generate.sh [SKEWWATCH] >Docker/examples/config/skewwatch.json5
set -euo pipefail

"${1:-skewwatch}" default-env | awk '
    BEGIN { print "// Every setting of SkewWatch at its default; those that have none are comments.\n// Use it with: skewwatch serve --config skewwatch.json5\n{" }
    function row(comment, line,    name, value) {
        name = line
        sub(/=.*/, "", name)
        value = substr(line, length(name) + 2)
        sub(/^SKEWWATCH_/, "", name)
        # The one setting that cannot stand in the file.
        if (name == "CONFIG") { text = ""; return }
        gsub(/_/, "-", name)
        if (value !~ /^(-?[0-9]+|true|false)$/) value = "\"" value "\""
        printf "%s  %s\"%s\": %s,\n", text, comment, tolower(name), value
        text = ""
    }
    # Other settings are named as this file names them.
    !/^(# )?SKEWWATCH_[A-Z0-9_]+=/ && match($0, /SKEWWATCH_[A-Z_]+_FILE/) {
        name = tolower(substr($0, RSTART + 10, RLENGTH - 10))
        gsub(/_/, "-", name)
        $0 = substr($0, 1, RSTART - 1) "\"" name "\"" substr($0, RSTART + RLENGTH)
    }
    # Groups and explanations belong to the next setting.
    /^# SKEWWATCH_[A-Z0-9_]+=/ { row("// ", substr($0, 3)); next }
    /^SKEWWATCH_/ { row("", $0); next }
    /^# / { text = text "  //" substr($0, 2) "\n"; next }
    { text = text "\n" }
    END { print "}" }'
