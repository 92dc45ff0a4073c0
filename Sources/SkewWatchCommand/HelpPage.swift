internal import SkewWatch

/// What help says besides the list of commands.
enum HelpPage {
    /// The width that help is wrapped to.
    static let columns = 100
    /// More than that, so that the parser of arguments does not wrap lines again that are nearly full.
    static let columnsOfParser = 120

    static var discussion: String { SettingsTable.help(columns: columns) + "\n\n" + exitStatuses }

    private static let exitStatuses = """
        EXIT STATUS:
          0    done, or ended by SIGTERM or SIGINT
          1    cannot serve, for example because the port is in use
          78   wrong settings: nothing was started, one sentence on standard error says why
          130, 143   ended at once by a second SIGINT or SIGTERM

        Logs go to standard error, one event a line.
        """
}
