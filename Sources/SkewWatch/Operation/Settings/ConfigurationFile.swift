internal import FoundationEssentials

/// Reads settings from a file: one flat JSON object, with JSON5's comments, single quotes and trailing commas.
enum ConfigurationFile {
    /// The settings, in the order of the file.
    static func read(_ bytes: [UInt8], path: String) throws(ConfigurationError) -> [GivenSetting] {
        let keys = try keys(in: bytes, path: path)
        let values = try values(in: bytes, path: path)
        var settings: [GivenSetting] = []
        for key in keys {
            let source = SettingSource.file(key: key.name.escapedForLine, path: path, line: key.line)
            guard let name = SettingsTable.named(key.name), key.name != SettingsTable.configurationFileName else {
                let candidates = SettingsTable.names.map(\.name).filter { $0 != SettingsTable.configurationFileName }
                throw .unknownSetting(source, nearest: SettingsTable.nearest(to: key.name, among: candidates).map { "\"\($0)\"" })
            }
            guard let text = values[key.name]?.text else {
                throw .wrongValue(source, expectation: name.setting.expectation, text: nil)
            }
            settings.append(GivenSetting(name: name, text: text, source: source))
        }
        return settings
    }

    private static func keys(in bytes: [UInt8], path: String) throws(ConfigurationError) -> [ConfigurationFileScan.Key] {
        do {
            return try ConfigurationFileScan.keys(in: bytes)
        } catch {
            throw .malformedFile(path: path, reason: "line \(error.line) cannot be read")
        }
    }

    private static func values(in bytes: [UInt8], path: String) throws(ConfigurationError) -> [String: ConfigurationFileValue] {
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        do {
            return try decoder.decode([String: ConfigurationFileValue].self, from: Data(bytes))
        } catch {
            throw .malformedFile(path: path, reason: "a value in it is no JSON")
        }
    }
}

extension String {
    fileprivate var escapedForLine: String { unicodeScalars.prefix(64).map(\.escapedForLine).joined() }
}
