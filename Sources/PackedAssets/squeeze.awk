# Takes out of a module what only its readers need: comments, white space, a comma or semicolon before a closing bracket.
# It goes by what the formatter writes (each statement ends with a semicolon); a test holds the result against the sources.
# Usage: awk -f squeeze.awk FILE.js

{ text = text $0 "\n" }

function is_word(c) { return c ~ /[A-Za-z0-9_$#\\]/ || c > "~" }

# Writes a piece; what is between it and the one before is a blank, or nothing.
function put(piece, first) {
    first = substr(piece, 1, 1)
    if (held != "") {
        if (held == ";" ? first != "}" : first !~ /[])}]/ || last ~ /[[,]/) { printf "%s", held; last = held }
        held = ""
    }
    if (blank && (is_word(last) && is_word(first) || last == first && first ~ /[-+]/)) printf " "
    blank = 0
    if (piece == ";" || piece == ",") { held = piece; return }
    printf "%s", piece
    last = substr(piece, length(piece))
}

# The end of what begins at `i` with a quote, as the place behind it.
function behind(i, quote, c) {
    for (i++; (c = substr(text, i, 1)) != quote; i++) if (c == "\\") i++
    return i + 1
}
# The same of a regular expression, in whose classes a slash is a slash.
function behind_expression(i, c, inside) {
    for (i++; (c = substr(text, i, 1)) != "/" || inside; i++) {
        if (c == "\\") i++
        else if (c == "[") inside = 1
        else if (c == "]") inside = 0
    }
    for (i++; substr(text, i, 1) ~ /[a-z]/; i++);
    return i
}
# Of a template's text: up to `${` or to its end.
function behind_text(i, c) {
    for (; (c = substr(text, i, 1)) != "`"; i++) {
        if (c == "\\") i++
        else if (c == "$" && substr(text, i + 1, 1) == "{") { depth[++nested] = 1; return i + 2 }
    }
    return i + 1
}

END {
    size = length(text)
    for (i = 1; i <= size; i = end) {
        c = substr(text, i, 1)
        two = substr(text, i, 2)
        end = i + 1
        if (c ~ /[ \t\n]/) { blank = 1; continue }
        if (two == "//") { while (substr(text, end, 1) != "\n") end++; continue }
        if (two == "/*") { end = i + 2; while (substr(text, end, 2) != "*/") end++; end += 2; blank = 1; continue }
        if (c == "\"" || c == "'") end = behind(i, c)
        else if (c == "`") end = behind_text(i + 1)
        else if (c == "/" && (held != "" || last ~ /[(=:[!&|?{};+*%<>~^-]/ || word ~ /^(return|typeof|case)$/)) end = behind_expression(i)
        else if (c == "{" && nested) depth[nested]++
        else if (c == "}" && nested && --depth[nested] == 0) { nested--; end = behind_text(i + 1) }
        else if (is_word(c)) while (is_word(substr(text, end, 1))) end++
        piece = substr(text, i, end - i)
        put(piece)
        word = is_word(c) ? piece : ""
    }
    if (held != "") printf "%s", held
    print ""
}
