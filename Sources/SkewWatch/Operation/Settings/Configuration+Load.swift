extension Configuration {
    /// Changes one setting, named and written as in the configuration file: `set("max-versions", to: "500")`.
    ///
    /// Whether it goes with the others is for ``validate()``.
    /// - Throws: one sentence, for a name that is none and a value that the setting cannot have.
    public mutating func set(_ name: String, to text: String) throws(ConfigurationError) {
        guard let found = SettingsTable.named(name), !found.isFileOfSecret, name != SettingsTable.configurationFileName else {
            let candidates = SettingsTable.all.map(\.name).filter { $0 != SettingsTable.configurationFileName }
            throw .unknownSetting(.flag("--\(name)"), nearest: SettingsTable.nearest(to: name, among: candidates).map { "--\($0)" })
        }
        try store(GivenSetting(name: found, text: text, source: .flag("--\(name)")))
    }

    /// Puts the settings together: flags win over environment, environment over file; then checks them as a whole, and the files
    /// that they name. What the operator should see at the start is among the ``warnings``.
    ///
    /// Blocks while it reads files.
    /// - Parameters:
    ///   - arguments: the command's arguments, without its name.
    ///   - environment: all variables; others than ours are passed over, and an empty one is one that is not set.
    /// - Throws: one sentence about the first thing that is wrong.
    package static func load(arguments: [String], environment: [String: String]) throws(ConfigurationError) -> Configuration {
        try load(arguments: arguments, environment: environment, readFile: FileContents.read)
    }

    /// The same, touching nothing but through `readFile`: the configuration file, secrets' files, certificate and key.
    package static func load(
        arguments: [String], environment: [String: String],
        readFile: (_ path: String) throws(FileReadingError) -> [UInt8]
    ) throws(ConfigurationError) -> Configuration {
        let flags = try FlagReader.read(arguments)
        let (variables, warnings) = EnvironmentReader.read(environment)
        let file = try settingsOfFile(named: chosen(from: [variables, flags])[SettingsTable.configurationFileName], readFile)
        for place in [flags, variables, file] {
            if let repetition = place.firstRepetition() { throw repetition }
        }

        let settings = chosen(from: [file, variables, flags])
        var configuration = Configuration()
        configuration.warningsOfReading = warnings
        for given in SettingsTable.all.compactMap({ settings[$0.name] }) {
            try configuration.apply(given, readFile)
            configuration.sources[given.name.setting.name] = given.source
        }
        try configuration.validate()
        try configuration.inspectFiles(readFile)
        return configuration
    }

    /// What was given for each setting by the strongest place, the weakest place first.
    private static func chosen(from places: [[GivenSetting]]) -> [String: GivenSetting] {
        var settings: [String: GivenSetting] = [:]
        for given in places.joined() { settings[given.name.setting.name] = given }
        return settings
    }

    private static func settingsOfFile(
        named given: GivenSetting?, _ readFile: (String) throws(FileReadingError) -> [UInt8]
    ) throws(ConfigurationError) -> [GivenSetting] {
        guard let given else { return [] }
        return try ConfigurationFile.read(contents(of: given, readFile), path: given.text)
    }

    private mutating func apply(
        _ given: GivenSetting, _ readFile: (String) throws(FileReadingError) -> [UInt8]
    ) throws(ConfigurationError) {
        guard !given.name.isFileOfSecret else { return try applySecret(in: given, readFile) }
        try store(given)
    }

    private mutating func store(_ given: GivenSetting) throws(ConfigurationError) {
        let setting = given.name.setting
        guard setting.store(given.text, &self) else {
            let fault = setting.fault(given.text).map { "; \($0)" } ?? ""
            throw .wrongValue(given.source, expectation: setting.expectation + fault, text: setting.hidesText ? nil : given.text)
        }
    }

    private mutating func applySecret(
        in file: GivenSetting, _ readFile: (String) throws(FileReadingError) -> [UInt8]
    ) throws(ConfigurationError) {
        let setting = file.name.setting
        guard let text = String(validating: try Self.contents(of: file, readFile), as: UTF8.self) else {
            throw .unreadableFile(file.source, path: file.text, reason: "it is not UTF-8 text")
        }
        guard setting.storeFile(text, &self) else {
            throw .unreadableFile(file.source, path: file.text, reason: "it must hold \(setting.expectation)")
        }
    }

    private static func contents(
        of given: GivenSetting, _ readFile: (String) throws(FileReadingError) -> [UInt8]
    ) throws(ConfigurationError) -> [UInt8] {
        guard !given.text.isEmpty, !given.text.hasControlCharacters else {
            throw .wrongValue(given.source, expectation: "the path of a file", text: given.text)
        }
        do {
            return try readFile(given.text)
        } catch {
            throw .unreadableFile(given.source, path: given.text, reason: error.reason)
        }
    }
}
