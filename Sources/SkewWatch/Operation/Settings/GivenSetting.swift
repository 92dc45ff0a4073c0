/// A setting as it was given: its name, the text of its value, and where it stood.
struct GivenSetting: Sendable {
    let name: SettingName
    let text: String
    let source: SettingSource
}

extension [GivenSetting] {
    /// The first setting that was given twice, or together with its file, as an error; `nil` where each was given once.
    func firstRepetition() -> ConfigurationError? {
        var seen: [String: SettingSource] = [:]
        for given in self {
            if let earlier = seen.updateValue(given.source, forKey: given.name.setting.name) { return .givenTwice(earlier, given.source) }
        }
        return nil
    }
}

/// Where a setting's value was given, as an error names it.
public enum SettingSource: Sendable, Equatable, CustomStringConvertible {
    /// A flag, dashes included.
    case flag(String)
    /// An environment variable.
    case environment(String)
    /// A key in the configuration file.
    case file(key: String, path: String, line: Int)

    /// The flag, the variable, or the key with its place.
    public var description: String {
        switch self {
        case .flag(let flag): flag
        case .environment(let variable): variable
        case .file(let key, let path, let line): "\"\(key)\" in \(path), line \(line),"
        }
    }
}
