@testable import SkewWatch

/// Loads a configuration from what a test gives, with files that exist only in the test.
func load(
    _ arguments: [String] = [], environment: [String: String] = [:], files: [String: String] = [:]
) throws(ConfigurationError) -> Configuration {
    try Configuration.load(
        arguments: arguments, environment: environment,
        readFile: { path throws(FileReadingError) in
            guard let text = files[path] else { throw FileReadingError(reason: "No such file or directory") }
            return Array(text.utf8)
        })
}

/// The sentence that loading ends with; empty when it succeeds.
func sentence(_ arguments: [String] = [], environment: [String: String] = [:], files: [String: String] = [:]) -> String {
    do {
        _ = try load(arguments, environment: environment, files: files)
        return ""
    } catch {
        return error.sentence
    }
}

/// The configuration with one setting's text put in, whether or not its feature is in this version; `nil` when the text is no value for it.
func configuration(with name: String, _ text: String) -> Configuration? {
    var configuration = Configuration()
    guard let setting = SettingsTable.named(name)?.setting, setting.store(text, &configuration) else { return nil }
    return configuration
}

extension String {
    /// One line that ends as a sentence does.
    var isOneSentence: Bool { !isEmpty && !contains("\n") && (hasSuffix(".") || hasSuffix("?")) && !hasSuffix("..") }
}
