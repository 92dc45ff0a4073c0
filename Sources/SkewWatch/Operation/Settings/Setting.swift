/// One row of the table of settings: what it is called, what it holds, where its value goes.
package struct Setting: Sendable {
    /// The heading that help puts it under, in this order.
    package enum Group: String, CaseIterable, Sendable {
        case listening = "Listening"
        case connections = "What is known of a connection"
        case authorization = "Who may see and do what"
        case broadcasting = "Broadcasting"
        case limits = "Limits"
        case cluster = "Cluster"
        case operation = "Operation"

        /// One word that stands for it, as in `serve --help limits`.
        package var word: String { "\(self)" }
    }

    /// Name in the file, and behind two dashes as a flag.
    let name: String
    let group: Group
    /// One sentence, without the default.
    let help: String
    /// Stands for the value in usage.
    let placeholder: String
    /// Completes the sentence "the setting must be …".
    let expectation: String
    /// Whether the value is never shown, and can come from a file of its own.
    let isSecret: Bool
    /// Whether wrong text is not repeated in the error.
    let hidesText: Bool
    /// What is wrong with text that is no value, where that can be said without repeating it.
    let fault: @Sendable (_ text: String) -> String?
    /// Whether the flag alone means `true`.
    let isBoolean: Bool
    /// The default as help and the page of settings show it.
    let shownDefault: String
    /// Puts the text's value in its place; false when the text is no such value.
    let store: @Sendable (_ text: String, _ configuration: inout Configuration) -> Bool
    /// The same for the text of a secret's own file.
    let storeFile: @Sendable (_ text: String, _ configuration: inout Configuration) -> Bool
    /// Whether two configurations have other values.
    let differs: @Sendable (Configuration, Configuration) -> Bool
    /// Puts the value of one configuration into another.
    let copy: @Sendable (_ source: Configuration, _ target: inout Configuration) -> Void

    /// Whether the configuration's value is one that the setting may have.
    let isAllowed: @Sendable (Configuration) -> Bool
    /// The configuration's value as text; words where it has none.
    let show: @Sendable (Configuration) -> String

    /// - Parameters:
    ///   - path: where the value goes; the default is what is there in a fresh configuration.
    ///   - shownDefault: for a default that the machine decides.
    init<Value: Equatable>(
        _ name: String, _ path: any WritableKeyPath<Configuration, Value> & Sendable, _ form: ValueForm<Value>, _ group: Group,
        shownDefault: String? = nil, _ help: String
    ) {
        self.name = name
        self.group = group
        self.help = help
        placeholder = form.placeholder
        expectation = form.expectation
        hidesText = form.hidesText
        fault = form.fault
        isSecret = Value.self == Secret?.self || Value.self == [Secret].self
        isBoolean = Value.self == Bool.self
        self.shownDefault = shownDefault ?? form.show(Configuration()[keyPath: path])
        store = { text, configuration in
            guard let value = form.parse(text) else { return false }
            configuration[keyPath: path] = value
            return true
        }
        storeFile = { text, configuration in
            guard let value = form.parseFile(text) else { return false }
            configuration[keyPath: path] = value
            return true
        }
        differs = { $0[keyPath: path] != $1[keyPath: path] }
        copy = { $1[keyPath: path] = $0[keyPath: path] }
        isAllowed = { form.isAllowed($0[keyPath: path]) }
        show = { form.show($0[keyPath: path]) }
    }

    /// The flag, dashes included.
    var flag: String { "--\(name)" }

    /// The environment variable.
    var environment: String { Self.environmentPrefix + name.uppercased().replacing("-", with: "_") }

    /// What all our environment variables start with.
    static let environmentPrefix = "SKEWWATCH_"
}
