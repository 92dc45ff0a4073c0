internal import ArgumentParser
internal import SkewWatch

/// What help says.
enum HelpPage {
    /// The width that help is wrapped to.
    static let columns = 100
    /// More than that, so that the parser of arguments does not wrap lines again that are nearly full.
    static let columnsOfParser = 120

    /// How `serve` ends, and `check` as `serve` would.
    static let statuses: [(status: String, meaning: String)] = [
        ("0", "done, or ended by SIGTERM or SIGINT"),
        ("1", "cannot serve, for example because the public or the internal port is in use"),
        ("78", "wrong settings, or a certificate or key that cannot be used: nothing was started"),
        ("130, 143", "ended at once by a second SIGINT or SIGTERM"),
    ]

    /// The first help: what there is, on one screen.
    static var overview: String {
        let width = (CommandSummary.all.map(\.name.count).max() ?? 0) + 2
        let commands = CommandSummary.all.map { command in
            "  " + command.name + String(repeating: " ", count: width - command.name.count) + command.abstract
        }
        return """
            skewwatch \(BuildInfo.version): who has your web app open, on which build and route.

            USAGE: skewwatch [COMMAND] [arguments]

            \(commands.joined(separator: "\n"))

            skewwatch COMMAND --help         what a command takes
            skewwatch serve --help           all settings, by groups
            skewwatch serve --help GROUP     those of one of them:
            \(SettingsTable.wrapped(groupWords.joined(separator: ", "), indent: 4, columns: 80))
            """
    }

    private static let groupWords = Setting.Group.allCases.map(\.word)

    /// The help of a command that takes settings: usage first, then the settings by groups, or one group.
    static func text(for command: any ParsableCommand.Type, group: Setting.Group?) -> String {
        let configuration = command.configuration
        let own = configuration.discussion.isEmpty ? nil : configuration.discussion
        let parts = [
            configuration.abstract, "USAGE: \(configuration.usage ?? "")",
            SettingsTable.wrapped(
                "One group alone: --help and its name: \(groupWords.joined(separator: ", ")).", indent: 0, columns: columns),
            SettingsTable.help(columns: columns, of: group), own ?? discussion,
        ]
        return parts.joined(separator: "\n\n")
    }

    /// Of `serve`, and of `check`, which ends as `serve` would.
    static var discussion: String {
        let lines = statuses.map { "  " + $0.status + String(repeating: " ", count: max(1, 5 - $0.status.count)) + $0.meaning }
        return discussion(
            of: nil,
            statuses: lines.joined(separator: "\n") + """


                For 1 and 78 one sentence on standard error says why. Logs go to standard error, one event a line.
                """)
    }

    /// What a command does, and how it ends.
    static func discussion(of command: String?, statuses: String) -> String {
        let paragraphs = [command.map { SettingsTable.wrapped($0, indent: 0, columns: columns) }, "EXIT STATUS:\n" + statuses]
        return paragraphs.compactMap(\.self).joined(separator: "\n\n")
    }
}
