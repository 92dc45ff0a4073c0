/// How the text of a setting becomes a value, and how the value is shown.
struct ValueForm<Value: Sendable>: Sendable {
    /// Stands for the value in usage: `port`, `duration`.
    let placeholder: String
    /// Completes the sentence "the setting must be …".
    let expectation: String
    /// Whether wrong text may hold a secret and is not repeated.
    var hidesText = false
    /// The value, or `nil` when the text is none.
    let parse: @Sendable (String) -> Value?
    /// The value as help and README show it.
    let show: @Sendable (Value) -> String

    /// The same for a setting that may be left out; `absent` is what is shown then.
    func orNothing(shownAs absent: String = "none") -> ValueForm<Value?> {
        ValueForm<Value?>(
            placeholder: placeholder, expectation: expectation, hidesText: hidesText,
            parse: { [parse] text in parse(text).map { .some($0) } },
            show: { [show] value in value.map(show) ?? absent })
    }

    /// The same for a setting where one word means that there is no value.
    func or(_ word: String) -> ValueForm<Value?> {
        ValueForm<Value?>(
            placeholder: "\(placeholder)|\(word)", expectation: "\(expectation), or \(word)", hidesText: hidesText,
            parse: { [parse] text in text == word ? .some(nil) : parse(text).map { .some($0) } },
            show: { [show] value in value.map(show) ?? word })
    }

    /// The same for a comma separated list.
    func list(of plural: String, shownWhenEmpty empty: String = "none") -> ValueForm<[Value]> {
        ValueForm<[Value]>(
            placeholder: "\(placeholder),…", expectation: "a comma separated list of \(plural)", hidesText: hidesText,
            parse: { [parse] text in
                let parts = text.commaSeparated
                let values = parts.compactMap(parse)
                return values.count == parts.count ? values : nil
            },
            show: { [show] values in values.isEmpty ? empty : values.map(show).joined(separator: ",") })
    }
}
