extension SettingsTable {
    /// Explains every setting, in groups, or those of one group, for a screen of that many columns.
    package static func help(columns: Int, of only: Setting.Group? = nil) -> String {
        let groups = (only.map { [$0] } ?? Setting.Group.allCases).map { group in
            let settings = all.filter { $0.group == group }
            return "\(group.rawValue.uppercased()):\n" + settings.map { entry($0, columns: columns) }.joined(separator: "\n")
        }
        return groups.joined(separator: "\n\n") + "\n\n" + wrapped(rules, indent: 0, columns: columns)
    }

    /// How values are written and where they come from.
    package static let rules = """
        Flags win over environment variables, and those over the file. A flag takes its value as --port 8080 or --port=8080; a switch alone \
        means true. A list is comma separated, a duration is 250ms, 25s, 5m or 1h. A secret can also come from a file of its own \
        (--stats-token-file, SKEWWATCH_STATS_TOKEN_FILE), which keeps it out of the list of processes.
        """

    private static func entry(_ setting: Setting, columns: Int) -> String {
        var text = setting.help
        let file = setting.isSecret ? ", or the file that \(setting.flag)-file or \(setting.environment)_FILE names" : ""
        text += " [\(setting.environment)\(file); default: \(setting.shownDefault)]"
        return "  \(setting.flag) <\(setting.placeholder)>\n" + wrapped(text, indent: 6, columns: columns)
    }

    /// The text in lines of at most that many columns; only spaces are broken at.
    package static func wrapped(_ text: String, indent: Int, columns: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, indent + line.count + 1 + word.count > columns {
                lines.append(margin + line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        lines.append(margin + line)
        return lines.joined(separator: "\n")
    }

    /// The table of settings as its page shows it.
    package static func markdown() -> String {
        let rows = all.map { setting in
            let file = setting.isSecret ? " (or `\(setting.environment)_FILE`)" : ""
            let help = setting.help
            let cells = [
                "`\(setting.flag)`", "`\(setting.environment)`\(file)", setting.shownDefault.inMarkdownCell,
                help.replacing("|", with: "\\|"),
            ]
            return "| \(cells.joined(separator: " | ")) |\n"
        }
        return "| flag | environment | default | |\n|---|---|---|---|\n" + rows.joined()
    }
}

extension String {
    /// As code where it is a value, plain where it is words about one.
    fileprivate var inMarkdownCell: String { isWordsForDefault ? self : "`\(self)`" }

    /// Whether a shown default says what happens instead of being a value that can be given.
    var isWordsForDefault: Bool { contains(" ") || self == "none" || self == "random" }
}

extension SettingsTable {
    /// Every setting as a line of a file of environment variables, at its default, under its explanation.
    ///
    /// Settings that have no value at their default, or no effect in this version, are comments: a program that reads the file starts
    /// as it would without.
    package static func environmentFile() -> String {
        let groups = Setting.Group.allCases.map { group in
            "# \(group.rawValue)\n\n" + all.filter { $0.group == group }.map(environmentLines).joined(separator: "\n")
        }
        return groups.joined(separator: "\n")
    }

    private static func environmentLines(_ setting: Setting) -> String {
        var text = setting.help
        if setting.isSecret { text += " \(setting.environment)_FILE names a file that holds it." }
        let hasValue = !setting.shownDefault.isWordsForDefault
        if !hasValue { text += " Default: \(setting.shownDefault)." }
        let assignment = "\(setting.environment)=\(hasValue ? setting.shownDefault : "")"
        return "# \(text)\n\(hasValue ? "" : "# ")\(assignment)\n"
    }
}
