internal import SkewWatch

/// What help says besides the list of commands.
enum HelpPage {
    /// The width that help is wrapped to.
    static let columns = 100
    /// More than that, so that the parser of arguments does not wrap lines again that are nearly full.
    static let columnsOfParser = 120

    /// Of `serve`, and of `check`, which ends as `serve` would.
    static var discussion: String {
        discussion(
            of: nil,
            statuses: """
                  0    done, or ended by SIGTERM or SIGINT
                  1    cannot serve, for example because the public or the internal port is in use
                  78   wrong settings, or a certificate or key that cannot be used: nothing was started
                       (in both cases one sentence on standard error says why)
                  130, 143   ended at once by a second SIGINT or SIGTERM

                Logs go to standard error, one event a line.
                """, listsSettings: true)
    }

    /// What a command does, the settings where it takes them, and how it ends.
    static func discussion(of command: String?, statuses: String, listsSettings: Bool = false) -> String {
        let paragraphs = [
            command.map { SettingsTable.wrapped($0, indent: 0, columns: columns) },
            listsSettings ? SettingsTable.help(columns: columns) : nil,
            "EXIT STATUS:\n" + statuses,
        ]
        return paragraphs.compactMap(\.self).joined(separator: "\n\n")
    }
}
