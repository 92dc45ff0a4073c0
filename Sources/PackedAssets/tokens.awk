# Reads a module and splits it: `piece[1]` to `piece[count]`, with `blank[i]` where white space or a comment is before one.
# It goes by what the formatter writes; a test holds what becomes of the pieces against the sources.

{ text = text $0 "\n" }

function is_word(c) { return c ~ /[A-Za-z0-9_$#\\]/ || c > "~" }

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
        else if (c == "$" && substr(text, i + 1, 1) == "{") { braces[++nested] = 1; return i + 2 }
    }
    return i + 1
}

function split_text(size, i, end, c, two, before) {
    size = length(text)
    for (i = 1; i <= size; i = end) {
        c = substr(text, i, 1)
        two = substr(text, i, 2)
        end = i + 1
        if (c ~ /[ \t\n]/) { blank[count + 1] = 1; continue }
        if (two == "//") { while (substr(text, end, 1) != "\n") end++; continue }
        if (two == "/*") { end = i + 2; while (substr(text, end, 2) != "*/") end++; end += 2; blank[count + 1] = 1; continue }
        before = piece[count]
        if (c == "\"" || c == "'") end = behind(i, c)
        else if (c == "`") end = behind_text(i + 1)
        else if (c == "/" && before ~ /^([(=:[!&|?{};,+*%<>~^-]|return|typeof|case)$/) end = behind_expression(i)
        else if (c == "{" && nested) braces[nested]++
        else if (c == "}" && nested && --braces[nested] == 0) { nested--; end = behind_text(i + 1) }
        else if (is_word(c)) while (is_word(substr(text, end, 1))) end++
        piece[++count] = substr(text, i, end - i)
    }
}
