internal import ArgumentParser

/// `skewwatch check`: says whether `serve` would accept the same settings.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the settings exactly as serve does, and print ok or what is wrong.",
        usage: "skewwatch check [settings]", discussion: HelpPage.discussion)

    @OptionGroup var arguments: SettingArguments

    func run() throws {
        for warning in try arguments.load(for: Self.self).warnings { StandardStreams.complain(warning) }
        StandardStreams.print("ok")
    }
}
