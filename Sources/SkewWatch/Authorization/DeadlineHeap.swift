/// One deadline for each of some small numbers, the earliest first: O(log n) to set and to take, and nothing is left of what was
/// set before.
struct DeadlineHeap: Sendable {
    private var entries: [(due: Duration, index: Int)] = []
    private var positions: [Int: Int] = [:]

    var count: Int { entries.count }

    /// Sets, moves or, with nil, drops the deadline of `index`.
    mutating func set(_ index: Int, due: Duration?) {
        remove(index)
        guard let due else { return }
        entries.append((due, index))
        positions[index] = entries.count - 1
        rise(from: entries.count - 1)
    }

    mutating func remove(_ index: Int) {
        guard let position = positions.removeValue(forKey: index) else { return }
        let last = entries.removeLast()
        guard position < entries.count else { return }
        entries[position] = last
        positions[last.index] = position
        rise(from: position)
        sink(from: position)
    }

    /// Takes the index whose deadline came first, if it has come.
    mutating func popDue(at now: Duration) -> Int? {
        guard let first = entries.first, first.due <= now else { return nil }
        remove(first.index)
        return first.index
    }

    private mutating func rise(from start: Int) {
        var position = start
        while position > 0, entries[position].due < entries[(position - 1) / 2].due {
            swap(position, (position - 1) / 2)
            position = (position - 1) / 2
        }
    }

    private mutating func sink(from start: Int) {
        var position = start
        while true {
            var least = position
            for child in [2 * position + 1, 2 * position + 2]
            where child < entries.count && entries[child].due < entries[least].due { least = child }
            if least == position { return }
            swap(position, least)
            position = least
        }
    }

    private mutating func swap(_ one: Int, _ other: Int) {
        entries.swapAt(one, other)
        positions[entries[one].index] = one
        positions[entries[other].index] = other
    }
}
