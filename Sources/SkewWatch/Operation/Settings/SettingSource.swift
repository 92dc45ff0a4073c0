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
