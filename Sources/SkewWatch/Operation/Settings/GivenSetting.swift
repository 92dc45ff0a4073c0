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
