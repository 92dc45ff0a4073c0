/// Finds settings among the arguments: `--port 8080`, `--port=8080`, `--ip-tracking`, `--ip-tracking false`.
enum FlagReader {
    /// The settings in the order they were given.
    static func read(_ arguments: [String]) throws(ConfigurationError) -> [GivenSetting] {
        var settings: [GivenSetting] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else { throw stray(argument, after: settings.last) }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let typed = parts.first.map(String.init) ?? ""
            guard let name = SettingsTable.named(typed) else {
                let nearest = SettingsTable.nearest(to: typed, among: SettingsTable.names.map(\.name))
                // Only what stands before the equals sign: what is behind may be a secret.
                throw .unknownSetting(.flag("--\(typed)".quotedUnlessPlain), nearest: nearest.map { "--\($0)" })
            }
            let source = SettingSource.flag("--\(name.name)")
            let text: String
            if parts.count == 2 {
                text = String(parts[1])
            } else if let next = rest.first, !next.hasPrefix("--") {
                text = next
                rest.removeFirst()
            } else if name.isBoolean {
                text = "true"
            } else {
                throw .missingValue(source, expectation: name.isFileOfSecret ? "the path of a file" : name.setting.expectation)
            }
            settings.append(GivenSetting(name: name, text: text, source: source))
        }
        return settings
    }
}

extension FlagReader {
    private static func stray(_ argument: String, after given: GivenSetting?) -> ConfigurationError {
        guard let given else { return .strayArgument(argument) }
        // The end of a secret with a blank in it must not be shown.
        return .strayPart(of: given.source, text: given.name.setting.hidesText ? nil : argument)
    }
}

extension String {
    /// Itself where it is short and made of the letters that flags have, else in quotes and escaped.
    fileprivate var quotedUnlessPlain: String {
        utf8.count <= 64 && utf8.allSatisfy { isalnumASCII($0) || "-_".utf8.contains($0) } ? self : quoted
    }
}
