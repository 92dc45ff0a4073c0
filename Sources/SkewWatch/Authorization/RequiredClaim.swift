/// A claim that a JWT must have, and its value: `role=admin`.
package struct RequiredClaim: Sendable, Equatable {
    /// The claim's name.
    package var name: String
    /// The value it must have or, where the claim is a list, contain.
    package var value: String

    /// A claim and its value.
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// Reads `name=value`; `nil` where either is empty.
    init?(text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.init(name: String(parts[0]), value: String(parts[1]))
    }
}
