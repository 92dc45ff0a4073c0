# Writes the pieces of a module (tokens.awk) without what only its readers need: comments, white space, a comma or semicolon before
# a closing bracket; with `-v names=short` also with short names (names.awk) and without a `const` behind another one.
# Usage: awk -f tokens.awk -f names.awk -f squeeze.awk FILE.js

# Writes a piece; what is between it and the one before is a blank, or nothing.
function put(piece, blank, first) {
    first = substr(piece, 1, 1)
    if (held != "") {
        if (held == ";" ? first != "}" : first !~ /[])}]/ || last ~ /[[,]/) { printf "%s", held; last = held }
        held = ""
    }
    if (blank && (is_word(last) && is_word(first) || last == first && first ~ /[-+]/)) printf " "
    if (piece == ";" || piece == ",") { held = piece; return }
    printf "%s", piece
    last = substr(piece, length(piece))
}

# Makes one declaration of constants that follow each other.
function join_constants(i, depth, declares, before) {
    for (i = 1; i <= count; i++) {
        before = piece[i - 1]
        if (closes(i)) depth--
        if (opens(i)) declares[++depth] = 0
        if (before == ";" && piece[i] == "const" && declares[depth]) {
            piece[i - 1] = ","
            piece[i] = ""
        } else if (i == 1 || before ~ /^[;{]$/ || before == "}" && is_word(substr(piece[i], 1, 1))) declares[depth] = piece[i] == "const"
    }
}

END {
    split_text()
    if (names == "short") {
        shorten()
        join_constants()
    }
    for (n = 1; n <= count; n++) if (piece[n] != "") put(piece[n], blank[n])
    if (held != "") printf "%s", held
    print ""
}
