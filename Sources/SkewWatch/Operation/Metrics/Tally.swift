/// Counts of a few kinds of things. They are looked through in turn: hashing a kind takes longer than comparing it with so few.
struct Tally<Kind: Hashable & Sendable>: Sendable, ExpressibleByDictionaryLiteral {
    private var entries: [(kind: Kind, count: Int)] = []

    init(dictionaryLiteral elements: (Kind, Int)...) {
        for (kind, count) in elements { self[kind] += count }
    }

    /// How many of a kind were counted; 0 where none was.
    subscript(kind: Kind) -> Int {
        get { entries.first { $0.kind == kind }?.count ?? 0 }
        set {
            for index in entries.indices where entries[index].kind == kind {
                entries[index].count = newValue
                return
            }
            entries.append((kind, newValue))
        }
    }

    /// Whether nothing was counted.
    var isEmpty: Bool { entries.isEmpty }

    /// All kinds that were counted.
    var counts: [Kind: Int] { Dictionary(uniqueKeysWithValues: entries.lazy.map { ($0.kind, $0.count) }) }

    mutating func merge(_ other: Tally) {
        for (kind, count) in other.entries { self[kind] += count }
    }
}
