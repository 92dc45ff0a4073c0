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
        let usage = configuration.usage ?? ""
        let takesSettings = usage.contains("[settings]")
        // A command with settings parses its few flags itself: they stand in its usage, and what they are for in the sentence about it.
        let own = takesSettings ? usage.matches(of: #/\[(--[a-z-]+)\]/#).map { (String($0.1), configuration.abstract) } : flags(in: text)
        return CommandSummary(name: name, abstract: configuration.abstract, takesSettings: takesSettings, flags: own)
    }

    /// Reads the list of options that the parser of arguments prints: a flag, its value, two blanks or, where these are long, a line break,
    /// what it is for.
    private static func flags(in text: String) -> [(flag: String, help: String)] {
        text.matches(of: #/^  (?:-[a-z], )?(--[a-z-]+)(?: <[^>]*>)?\s{2,}(.*)$/#.anchorsMatchLineEndings()).map {
            (String($0.1), String($0.2))
        }
    }
}
