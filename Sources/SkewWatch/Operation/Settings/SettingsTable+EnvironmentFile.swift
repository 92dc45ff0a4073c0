extension SettingsTable {
    /// Every setting as a line of a file of environment variables, at its default, under its explanation.
    ///
    /// Settings that have no value at their default, or no effect in this version, are comments: a program that reads the file starts
    /// as it would without.
    package static func environmentFile() -> String {
        let groups = Setting.Group.allCases.map { group in
            "# \(group.rawValue)\n\n" + all.filter { $0.group == group }.map(environmentLines).joined(separator: "\n")
        }
        return groups.joined(separator: "\n")
    }

    private static func environmentLines(_ setting: Setting) -> String {
        var text = setting.help
        if setting.isSecret { text += " \(setting.environment)_FILE names a file that holds it." }
        let hasValue = !setting.shownDefault.isWordsForDefault
        if !hasValue { text += " Default: \(setting.shownDefault)." }
        let assignment = "\(setting.environment)=\(hasValue ? setting.shownDefault : "")"
        return "# \(text)\n\(hasValue ? "" : "# ")\(assignment)\n"
    }
}
