/// A name that settings are given by: the setting itself or, for a secret, the file that holds it.
struct SettingName: Sendable {
    let setting: Setting
    let isFileOfSecret: Bool

    /// Name in the file, and behind two dashes as a flag.
    var name: String { setting.name + (isFileOfSecret ? "-file" : "") }

    /// The environment variable.
    var environment: String { setting.environment + (isFileOfSecret ? "_FILE" : "") }

    /// Whether the flag alone means `true`.
    var isBoolean: Bool { setting.isBoolean }
}

extension SettingsTable {
    /// Every name, those of secrets' files included.
    static let names: [SettingName] = all.flatMap { setting in
        [SettingName(setting: setting, isFileOfSecret: false)]
            + (setting.isSecret ? [SettingName(setting: setting, isFileOfSecret: true)] : [])
    }

    private static let byName = Dictionary(uniqueKeysWithValues: names.map { ($0.name, $0) })
    private static let byEnvironment = Dictionary(uniqueKeysWithValues: names.map { ($0.environment, $0) })

    /// The setting of a flag (without dashes) or of a key in the file.
    static func named(_ name: String) -> SettingName? { byName[name] }

    /// The setting of an environment variable.
    static func inEnvironment(_ variable: String) -> SettingName? { byEnvironment[variable] }

    /// The one of some names that a mistyped one was probably meant to be; `nil` when none is near.
    static func nearest(to typed: String, among candidates: [String]) -> String? {
        // Nothing that long is a slip of the finger, and the comparison costs its square.
        guard typed.utf8.count <= 64 else { return nil }
        let ranked = candidates.map { (name: $0, distance: editDistance(typed, $0)) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= max(2, typed.utf8.count / 4) else { return nil }
        return best.name
    }

    /// How many letters must be put in, taken out or replaced to make one word of the other.
    private static func editDistance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (above, letter) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = above + 1
            for column in right.indices {
                let replaced = diagonal + (letter == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}

/// A flag, as a shell or a manual wants to know it.
package struct SettingOption: Sendable {
    /// What stands behind the flag.
    package enum Value: Sendable, Equatable {
        case words([String])
        /// A folder, too.
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
        if words.contains("file") || words.contains("folder") { return .file }
        // `port|-1` is a kind of value and one word.
        let isChoice = words.count > 1 && words.allSatisfy { setting.expectation.contains($0) } && !words.contains("port")
        return isChoice && words != ["number", "off"] ? .words(words) : .other
    }
}
