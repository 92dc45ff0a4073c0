/// For which tabs the connections of a loop stand, by the index of their socket: four bytes each, and none where nobody says which tab it
/// is.
struct HeldTabs: Sendable {
    private var numbers: [TabClaims.Number] = []
    private static let none = TabClaims.Number.max

    /// nil where the connection there stands for none.
    func number(at index: Int) -> TabClaims.Number? {
        index < numbers.count && numbers[index] != Self.none ? numbers[index] : nil
    }

    mutating func hold(_ number: TabClaims.Number, at index: Int) {
        while numbers.count <= index { numbers.append(Self.none) }
        numbers[index] = number
    }

    /// The connection is gone.
    mutating func forget(_ index: Int) -> TabClaims.Number? {
        guard let number = number(at: index) else { return nil }
        numbers[index] = Self.none
        return number
    }
}
