/// Why settings cannot be used. Nothing is started then; the command exits with 78.
public enum ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A flag, or a key of the file, that is no setting; with the name that was probably meant.
    case unknownSetting(SettingSource, nearest: String?)
    /// A word before all flags that is none.
    case strayArgument(String)
    /// A word behind a flag that has its value already; `text` is left out where it could be a secret's.
    case strayPart(of: SettingSource, text: String?)
    /// A flag without its value.
    case missingValue(SettingSource, expectation: String)
    /// A value that does not parse; `text` is left out where it could be a secret.
    case wrongValue(SettingSource, expectation: String, text: String?)
    /// The same setting twice in one place, or a secret together with its file.
    case givenTwice(SettingSource, SettingSource)
    /// A file that a setting names cannot be read.
    case unreadableFile(SettingSource, path: String, reason: String)
    /// A file that a setting names does not hold what it must.
    case unusableFile(SettingSource, path: String, reason: String)
    /// The configuration file is not a flat object of settings.
    case malformedFile(path: String, reason: String)
    /// Settings that do not go together.
    case contradiction(String)

    /// One sentence that names the setting and never a secret.
    package var sentence: String {
        switch self {
        case .unknownSetting(let source, let nearest):
            "\(source) is not a setting\(nearest.map { "; did you mean \($0)?" } ?? ".")"
        case .strayArgument(let text):
            "\(text.quoted) is neither a command nor a setting; settings start with two dashes."
        case .strayPart(let flag, let text):
            "\(text?.quoted ?? "A word") behind the value of \(flag) is no setting; put a value with blanks in quotes."
        case .missingValue(let source, let expectation):
            "\(source) needs a value: \(expectation)."
        case .wrongValue(let source, let expectation, let text):
            "\(source) must be \(expectation)\(text.map { ", not \($0.quoted)" } ?? "")."
        case .givenTwice(let first, let second) where first == second:
            "\(first) is given twice."
        case .givenTwice(let first, let second):
            "\(first) and \(second) contradict each other; give one of them."
        case .unreadableFile(let source, let path, let reason):
            "\(source) names \(path.quoted), which cannot be read: \(reason)."
        case .unusableFile(let source, let path, let reason):
            "\(source) names \(path.quoted), which cannot be used: \(reason)."
        case .malformedFile(let path, let reason):
            "The configuration file \(path.quoted) is not a flat JSON object of settings: \(reason)."
        case .contradiction(let sentence):
            sentence
        }
    }

    /// One sentence that names the setting and never a secret.
    public var description: String { sentence }
}
