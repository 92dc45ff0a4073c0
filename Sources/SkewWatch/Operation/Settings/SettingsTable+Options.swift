/// A flag, as a shell or a manual wants to know it.
package struct SettingOption: Sendable {
    /// What stands behind the flag.
    package enum Value: Sendable, Equatable {
        case words([String])
        case file
        case other
    }

    /// Dashes included.
    package let flag: String
    package let environment: String
    package let placeholder: String
    package let help: String
    package let shownDefault: String
    package let group: Setting.Group
    package let value: Value
}

extension SettingsTable {
    /// Every flag, those for files of secrets included, in the order of the table.
    package static let options: [SettingOption] = names.map { name in
        let setting = name.setting
        return SettingOption(
            flag: "--\(name.name)", environment: name.environment, placeholder: name.isFileOfSecret ? "file" : setting.placeholder,
            help: name.isFileOfSecret ? "File that holds what \(setting.flag) is." : setting.help, shownDefault: setting.shownDefault,
            group: setting.group, value: name.isFileOfSecret ? .file : value(of: setting))
    }

    private static func value(of setting: Setting) -> SettingOption.Value {
        let words = setting.placeholder.split(separator: "|").map(String.init)
        if words.contains("file") { return .file }
        // `port|-1` is a kind of value and one word.
        let isChoice = words.count > 1 && words.allSatisfy { setting.expectation.contains($0) } && !words.contains("port")
        return isChoice && words != ["number", "off"] ? .words(words) : .other
    }
}
