/// Which of several names something gets, and how often: `4` makes four equal ones, `v1=70,v2=30` weighs them.
struct Distribution: Equatable {
    let names: [String]
    private let bounds: [Double]

    /// Reads the text of an option. `nil`: not in one of the two forms, or a name that would need an escape on the wire.
    init?(_ text: String, prefix: String) {
        if let count = Int(text) {
            guard count > 0, count <= 100_000 else { return nil }
            names = (1...count).map { "\(prefix)\($0)" }
            bounds = (1...count).map { Double($0) / Double(count) }
            return
        }
        var names: [String] = []
        var weights: [Double] = []
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "=")
            guard sides.count == 2, let weight = Double(sides[1]), weight > 0, weight.isFinite, Self.isPlain(sides[0]) else { return nil }
            names.append(String(sides[0]))
            weights.append(weight)
        }
        guard !names.isEmpty else { return nil }
        self.names = names
        let sum = weights.reduce(0, +)
        var reached = 0.0
        bounds = weights.map { weight in
            reached += weight / sum
            return reached
        }
    }

    /// The name for a number from 0 up to, not including, 1.
    func name(at place: Double) -> String {
        var (low, high) = (0, names.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if place < bounds[middle] { high = middle } else { low = middle + 1 }
        }
        return names[low]
    }

    /// The name for a random number.
    func pick(_ random: inout SeededRandom) -> String { name(at: Double.random(in: 0..<1, using: &random)) }

    private static func isPlain(_ name: Substring) -> Bool {
        name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
}
