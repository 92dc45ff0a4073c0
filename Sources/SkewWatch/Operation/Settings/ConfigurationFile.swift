/// Reads settings from a file: one flat JSON object, with JSON5's comments, single quotes and trailing commas.
enum ConfigurationFile {
    /// The settings, in the order of the file.
    static func read(_ bytes: [UInt8], path: String) throws(ConfigurationError) -> [GivenSetting] {
        var settings: [GivenSetting] = []
        for member in try members(of: bytes, path: path) {
            let source = SettingSource.file(key: member.key.escapedForLine, path: path, line: member.line)
            guard let name = SettingsTable.named(member.key), member.key != SettingsTable.configurationFileName else {
                let candidates = SettingsTable.names.map(\.name).filter { $0 != SettingsTable.configurationFileName }
                throw .unknownSetting(source, nearest: SettingsTable.nearest(to: member.key, among: candidates).map { "\"\($0)\"" })
            }
            guard let text = member.text else { throw .wrongValue(source, expectation: name.setting.expectation, text: nil) }
            settings.append(GivenSetting(name: name, text: text, source: source))
        }
        return settings
    }

    private static func members(of bytes: [UInt8], path: String) throws(ConfigurationError) -> [ConfigurationFileScan.Member] {
        do {
            return try ConfigurationFileScan.members(of: bytes)
        } catch {
            throw .malformedFile(path: path, reason: "line \(error.line) cannot be read")
        }
    }
}

extension String {
    fileprivate var escapedForLine: String { unicodeScalars.prefix(64).map(\.escapedForLine).joined() }
}
