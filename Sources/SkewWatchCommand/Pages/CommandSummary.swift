internal import ArgumentParser
internal import SkewWatch

/// A command, as help, completions and the manual tell it.
struct CommandSummary {
    let name: String
    let abstract: String
    /// Whether it takes the settings of the table.
    let takesSettings: Bool
    /// Its own flags with what they are for, besides settings.
    let flags: [(flag: String, help: String)]

    /// All commands but those that only packagers need, in the order of help.
    static let all: [CommandSummary] = SkewWatchCommand.configuration.subcommands.compactMap { command in
        let configuration = command.configuration
        guard configuration.shouldDisplay, let name = configuration.commandName else { return nil }
        let text = SkewWatchCommand.helpMessage(for: command, columns: 10_000)
        let takesSettings = configuration.usage?.contains("[settings]") == true
        return CommandSummary(
            name: name, abstract: configuration.abstract, takesSettings: takesSettings, flags: takesSettings ? [] : flags(in: text))
    }

    /// Reads the list of options that the parser of arguments prints: a flag, its value, two blanks, what it is for.
    private static func flags(in text: String) -> [(flag: String, help: String)] {
        text.split(separator: "\n").compactMap { line in
            guard let match = line.wholeMatch(of: #/  (?:-[a-z], )?(--[a-z-]+)(?: <[^>]*>)?  +(.*)/#) else { return nil }
            return (String(match.1), String(match.2))
        }
    }
}
