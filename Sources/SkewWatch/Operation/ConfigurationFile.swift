internal import FoundationEssentials

/// Reads settings from a file: one flat JSON object, with JSON5's comments, single quotes and trailing commas.
enum ConfigurationFile {
    /// The settings, in the order of the file.
    static func read(_ bytes: [UInt8], path: String) throws(ConfigurationError) -> [GivenSetting] {
        let values = try decode(bytes, path: path)
        let keys = ConfigurationFileKeys.find(in: bytes)
        // Every key must be looked at: one that only the decoder understands would have no effect and no error.
        if let unseen = values.keys.sorted().first(where: { key in !keys.contains { $0.name == key } }) {
            throw .malformedFile(path: path, reason: "the key \(unseen.quoted) is not written in plain letters")
        }
        var settings: [GivenSetting] = []
        for key in keys {
            let source = SettingSource.file(key: key.name.escapedForLine, path: path, line: key.line)
            guard let name = SettingsTable.named(key.name), key.name != SettingsTable.configurationFileName else {
                let candidates = SettingsTable.names.map(\.name).filter { $0 != SettingsTable.configurationFileName }
                throw .unknownSetting(
                    source, nearest: SettingsTable.nearest(to: key.name, among: candidates).map { "\"\($0)\"" })
            }
            guard let text = values[key.name]?.text else {
                throw .wrongValue(source, expectation: name.setting.expectation, text: nil)
            }
            settings.append(GivenSetting(name: name, text: text, source: source))
        }
        return settings
    }

    private static func decode(_ bytes: [UInt8], path: String) throws(ConfigurationError) -> [String: ConfigurationFileValue] {
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        do {
            return try decoder.decode([String: ConfigurationFileValue].self, from: Data(bytes))
        } catch DecodingError.dataCorrupted(let context) {
            throw .malformedFile(path: path, reason: reason(context))
        } catch {
            throw .malformedFile(path: path, reason: "there is something other than an object at its top")
        }
    }

    /// The decoder's words with the place of the fault, without a full stop.
    private static func reason(_ context: DecodingError.Context) -> String {
        let details = unsafe (context.underlyingError as? CocoaError)?.userInfo["NSDebugDescription"] as? String
        let words = details ?? context.debugDescription
        return words.last == "." ? String(words.dropLast()) : words
    }
}

extension String {
    fileprivate var escapedForLine: String { unicodeScalars.prefix(64).map(\.escapedForLine).joined() }
}
