/// The name seen that is most like one that nobody has: what was probably meant.
package enum NearestName {
    /// The first of those that are most like it; nil where none is.
    package static func of(_ wanted: String, among names: some Sequence<String>) -> String? {
        var best: (name: String, distance: Int)?
        for name in names where name != wanted && name != "(other)" {
            let distance = distance(wanted, name)
            guard distance * 2 <= max(wanted.unicodeScalars.count, name.unicodeScalars.count) else { continue }
            if let known = best, known.distance <= distance { continue }
            best = (name, distance)
        }
        return best?.name
    }

    /// How many letters to add, leave out, change or swap with their neighbour.
    private static func distance(_ a: String, _ b: String) -> Int {
        let (from, to) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
        var former: [Int] = []
        var last = Array(0...to.count)
        for i in from.indices {
            var row = [i + 1]
            for j in to.indices {
                var least = min(last[j + 1] + 1, row[j] + 1, last[j] + (from[i] == to[j] ? 0 : 1))
                if i > 0, j > 0, from[i] == to[j - 1], from[i - 1] == to[j] { least = min(least, former[j - 1] + 1) }
                row.append(least)
            }
            (former, last) = (last, row)
        }
        return last[to.count]
    }
}
