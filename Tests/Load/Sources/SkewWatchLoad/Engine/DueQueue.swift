/// Connections that all get the same time: due in the order they came, so adding and taking cost nothing.
struct DueQueue {
    private var entries: [(id: ConnectionID, due: Int64)] = []
    private var head = 0

    mutating func add(_ id: ConnectionID, due: Int64) { entries.append((id, due)) }

    /// The next one whose time is over at `now`.
    mutating func take(at now: Int64) -> ConnectionID? {
        guard head < entries.count, entries[head].due <= now else { return nil }
        defer {
            head += 1
            if head > 4096, head * 2 > entries.count {
                entries.removeFirst(head)
                head = 0
            }
        }
        return entries[head].id
    }
}
