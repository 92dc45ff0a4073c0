/// Which version each connection of a loop was last told of, by the index of its socket: four bytes each.
///
/// So 10, then 50, then 100 per cent of the tabs adds and never repeats, and who has heard of a release in its `connected` is not told.
struct ToldTabs: Sendable {
    private static let maxNames = 1000

    private var names: [String: UInt32] = [:]
    private var numbers: [UInt32] = []
    /// The version that was looked up last: mostly the same one again.
    private var last: (name: String, number: UInt32) = ("", 0)

    /// A connection came, and heard of this version; nil for none.
    mutating func opened(_ index: Int, hearing version: String?) {
        while numbers.count <= index { numbers.append(0) }
        numbers[index] = version.map { number(of: $0) } ?? 0
    }

    /// A connection was told.
    mutating func told(_ index: Int, _ number: UInt32) { numbers[index] = number }

    func wasTold(_ index: Int, _ number: UInt32) -> Bool { index < numbers.count && numbers[index] == number }

    /// The number of a version. Where there are too many versions all is forgotten, and some tabs may be told twice.
    mutating func number(of version: String) -> UInt32 {
        if last.name == version { return last.number }
        if names.count >= Self.maxNames, names[version] == nil {
            names = [:]
            numbers = Array(repeating: 0, count: numbers.count)
        }
        let number = names[version] ?? UInt32(names.count + 1)
        names[version] = number
        last = (version, number)
        return number
    }
}
