# Gives short ones to the names that only a module (tokens.awk) knows: capitals to those at its top, other letters to those of each
# function, and to what is private. Properties keep theirs, so `{ at }` becomes `{at:a}`. What a name means is found by what the formatter writes, and no
# further than our modules need it; a test holds the outcome against the sources, name by name.

function is_name(word) { return word ~ /^[A-Za-z_$]/ }
function opens(i) { return piece[i] ~ /^[({[]$/ || piece[i] ~ /^[`}].*\$\{$/ }
function closes(i) { return piece[i] ~ /^[]})]$/ || piece[i] ~ /^}./ }
function is_arrow(i) { return piece[i] == "=" && piece[i + 1] == ">" }

# Where the bracket that opens at each place is closed.
function match_brackets(i, top, open) {
    for (i = 1; i <= count; i++) {
        if (closes(i)) closed[open[top--]] = i
        if (opens(i)) open[++top] = i
    }
}

# What a brace holds: statements, the members of a class, or properties.
function kind_of_brace(i, before) {
    before = piece[i - 1]
    if (awaited == "class") { awaited = ""; return "class" }
    if (before ~ /^([;{})]|else|try|finally|do|catch)$/ || before == ">" && piece[i - 2] == "=") return "block"
    return i == labelled + 1 ? "block" : "object"
}

# Whether a parenthesis holds the parameters of a function, or what is caught.
function has_parameters(i, after) {
    after = closed[i] + 1
    return is_arrow(after) || piece[after] == "{" && is_name(piece[i - 1]) && piece[i - 1] !~ /^(if|for|while|switch)$/
}

# The place behind a function whose parameters end before `i`.
function behind_function(i) {
    if (is_arrow(i)) i += 2
    if (piece[i] == "{") return closed[i] + 1
    for (; !closes(i) && piece[i] !~ /^[,;]$/; i++) while (opens(i)) i = closed[i]
    return i
}

function enter(end) {
    outer[++functions] = inside
    inside = functions
    ends[inside] = end
}

# Finds what each name is (`role`), the function that it is in (`place`; 0 is the top), and which names each function gives (`given`).
function read_names(i, top, kind, pattern, word, before, after) {
    inside = 0
    for (i = 1; i <= count; i++) {
        word = piece[i]
        before = piece[i - 1]
        after = piece[i + 1]
        while (inside && i >= ends[inside]) inside = outer[inside]
        if (closes(i)) top--
        if (opens(i)) {
            kind[++top] = word == "{" ? kind_of_brace(i) : "list"
            pattern[top] = before ~ /^(const|let)$/ || word != "(" && pattern[top - 1] && before ~ /^[({[,:.]$/
            if (kind[top] == "block" && ends[inside] != closed[i] + 1) enter(closed[i])
            if (word == "(" && has_parameters(i)) {
                pattern[top] = 1
                enter(behind_function(closed[i] + 1))
            }
        }
        if (word ~ /^(case|default)$/ && kind[top] == "block") awaited = "label"
        if (word == ":" && awaited == "label") { labelled = i; awaited = "" }
        if (!is_name(word) || before == "." && piece[i - 2] != ".") continue
        if (word == "class" && after != ":") awaited = "class"
        if (kind[top] == "class" && before ~ /^([{};]|static|async|get|set)$/ && after ~ /^[(=;]$/) continue
        role[i] = "name"
        if (kind[top] == "object" && before ~ /^[{,]$/) {
            if (after ~ /^[:(]$/) { delete role[i]; continue }
            role[i] = "both"
        }
        if (is_arrow(i + 1)) enter(behind_function(i + 1))
        place[i] = inside
        if (is_arrow(i + 1) || before ~ /^(const|let|function|class)$/ || pattern[top] && before ~ /^[({[,:.]$/) given[inside, word] = 1
    }
}

# The function that gives the name at a place; empty where it is the browser's.
function giver(i, at) {
    for (at = place[i]; at && !((at, piece[i]) in given); at = outer[at]);
    return (at, piece[i]) in given ? at : ""
}

# Within what is between the place of a name and its giver, its short one stands for nothing else.
function take(name, at, last) {
    for (; at != last; at = outer[at]) taken[at, name] = 1
    taken[last, name] = 1
}

# The next name of a function, or of the top: a, b … z, a1, b1 …
function next_name(at, n, letters, name) {
    letters = at ? "abcdefghijklmnopqrstuvwxyz" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    do {
        n = used[at]++
        name = substr(letters, n % 26 + 1, 1) (n < 26 ? "" : int(n / 26))
    } while ((at, name) in taken)
    return name
}

function shorten(i, at, n, m, words, places, word) {
    match_brackets()
    read_names()
    for (i = 1; i <= count; i++) {
        if (!(i in role)) continue
        at = giver(i)
        if (at == "") { take(piece[i], place[i], 0); continue }
        if (!((at, piece[i]) in seen)) all[at] = all[at] " " piece[i]
        seen[at, piece[i]] = seen[at, piece[i]] " " place[i]
    }
    # From the top inwards, so that what is outside is known.
    for (at = 0; at <= functions; at++) {
        n = split(all[at], words, " ")
        for (i = 1; i <= n; i++) {
            word = words[i]
            short[at, word] = next_name(at)
            for (m = split(seen[at, word], places, " "); m; m--) take(short[at, word], places[m], at)
        }
    }
    for (i = 1; i <= count; i++) {
        if (piece[i] ~ /^#/) {
            if (!(("#", piece[i]) in short)) short["#", piece[i]] = "#" next_name("#")
            piece[i] = short["#", piece[i]]
        }
        if (!(i in role) || (at = giver(i)) == "") continue
        piece[i] = (role[i] == "both" ? piece[i] ":" : "") short[at, piece[i]]
    }
}
