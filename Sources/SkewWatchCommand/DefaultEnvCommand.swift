internal import ArgumentParser
internal import SkewWatch

/// `skewwatch default-env`: the settings as a file of environment variables to start from.
struct DefaultEnvCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "default-env", abstract: "Print every setting as an environment file.")

    func run() { StandardStreams.print(SettingsTable.environmentFile()) }
}
