internal import ArgumentParser
internal import Glibc
internal import SkewWatch

/// The arguments of a command that takes the settings of the table.
struct SettingArguments: ParsableArguments {
    // The table alone knows the flags, so the parser of arguments must not look at them.
    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The settings below.", valueName: "settings"))
    var settings: [String] = []

    /// The configuration.
    /// - Parameter defaults: variables that count where the environment has none.
    /// - Throws: `CommandFailure` with the sentence about a wrong setting, or a request for help.
    func load(for command: any ParsableCommand.Type, defaults: [String: String] = [:]) throws -> Configuration {
        if let place = settings.firstIndex(where: { $0 == "--help" || $0 == "-h" }) {
            let word = settings[(place + 1)...].first
            let group = Setting.Group.allCases.first { $0.word == word }
            if let word, group == nil {
                throw CommandFailure(
                    sentence:
                        "There is no group of settings \(word.quoted); there are \(Setting.Group.allCases.map(\.word).joined(separator: ", ")).",
                    status: .wrongSettings)
            }
            throw CleanExit.message(HelpPage.text(for: command, group: group))
        }
        return try Self.load(settings, defaults: defaults)
    }

    /// The same settings without a flag of the command's own.
    func without(_ flag: String) -> SettingArguments {
        var copy = self
        copy.settings.removeAll { $0 == flag }
        return copy
    }

    /// The same for a command that has arguments of its own.
    static func load(_ settings: [String], defaults: [String: String] = [:]) throws(CommandFailure) -> Configuration {
        do {
            return try Configuration.load(arguments: settings, environment: environment.merging(defaults) { given, _ in given })
        } catch {
            throw CommandFailure(sentence: error.sentence, status: .wrongSettings)
        }
    }

    static var environment: [String: String] {
        var variables: [String: String] = [:]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let parts = unsafe String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            unsafe next += 1
        }
        return variables
    }
}
