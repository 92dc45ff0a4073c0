internal import ArgumentParser
internal import SkewWatch

/// How a command that asks a server gets at it, besides its URL and token.
struct AccessArguments: ParsableArguments {
    @Option(help: ArgumentHelp("PEM file of certificate authorities to trust besides the system's.", valueName: "file"))
    var caFile: String?

    @Option(help: ArgumentHelp("File of settings of the server, for URL and token.", valueName: "file"))
    var config: String?

    /// The settings of the file and of the environment.
    func load() throws(CommandFailure) -> Configuration { try SettingArguments.load(config.map { ["--config", $0] } ?? []) }
}
