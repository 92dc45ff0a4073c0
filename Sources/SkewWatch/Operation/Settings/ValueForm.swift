/// How the text of a setting becomes a value, which values it may have, and how a value is shown.
struct ValueForm<Value: Sendable>: Sendable {
    /// Stands for the value in usage: `port`, `duration`.
    let placeholder: String
    /// Completes the sentence "the setting must be …".
    let expectation: String
    /// Whether wrong text may hold a secret and is not repeated.
    var hidesText = false
    /// What is wrong with text that means nothing, where that can be said: "this one …".
    var fault: @Sendable (String) -> String? = { _ in nil }
    /// What the text means, allowed or not; `nil` when it means nothing.
    let read: @Sendable (String) -> Value?
    /// What the text of a secret's own file means, where that is something else.
    var readFile: (@Sendable (String) -> Value?)?
    /// Whether the setting may have the value, wherever it comes from: text, or a program that embeds the library.
    var isAllowed: @Sendable (Value) -> Bool = { _ in true }
    /// The value as help and the page of settings show it.
    let show: @Sendable (Value) -> String

    /// The value, or `nil` when the text is none that is allowed.
    func parse(_ text: String) -> Value? { read(text).flatMap { isAllowed($0) ? $0 : nil } }

    /// The same for the text of a secret's own file.
    func parseFile(_ text: String) -> Value? { (readFile ?? read)(text).flatMap { isAllowed($0) ? $0 : nil } }

    /// The same for a setting that may be left out; `absent` is what is shown then.
    func orNothing(shownAs absent: String = "none") -> ValueForm<Value?> {
        ValueForm<Value?>(
            placeholder: placeholder, expectation: expectation, hidesText: hidesText, fault: fault,
            read: { [read] text in read(text).map { .some($0) } }, isAllowed: { [isAllowed] value in value.map(isAllowed) ?? true },
            show: { [show] value in value.map(show) ?? absent })
    }

    /// The same for a setting where one word means that there is no value.
    func or(_ word: String) -> ValueForm<Value?> {
        ValueForm<Value?>(
            placeholder: "\(placeholder)|\(word)", expectation: "\(expectation), or \(word)", hidesText: hidesText,
            read: { [read] text in text == word ? .some(nil) : read(text).map { .some($0) } },
            isAllowed: { [isAllowed] value in value.map(isAllowed) ?? true }, show: { [show] value in value.map(show) ?? word })
    }

    /// The same for a comma separated list.
    func list(of plural: String, shownWhenEmpty empty: String = "none") -> ValueForm<[Value]> {
        ValueForm<[Value]>(
            placeholder: "\(placeholder),…", expectation: "a comma separated list of \(plural)", hidesText: hidesText,
            read: { [read] text in
                let parts = text.commaSeparated
                let values = parts.compactMap(read)
                return values.count == parts.count ? values : nil
            },
            isAllowed: { [isAllowed] values in values.allSatisfy(isAllowed) },
            show: { [show] values in values.isEmpty ? empty : values.map(show).joined(separator: ",") })
    }
}
