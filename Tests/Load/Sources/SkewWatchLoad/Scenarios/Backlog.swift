/// Messages that wait to be decoded, in the order they came.
struct Backlog {
    /// One of them, and whose it is.
    struct Entry {
        var subscriber: Int
        var bytes: [UInt8]
    }

    /// Bytes that may wait; more than this is decoded at once, so that memory stays bounded.
    static let longest = 64 << 20

    private var entries: [Entry] = []
    private var head = 0
    private var waiting = 0

    var isEmpty: Bool { head == entries.count }

    /// Whether more waits than may.
    var isOverfull: Bool { waiting > Self.longest }

    mutating func add(_ entry: Entry) {
        entries.append(entry)
        waiting += entry.bytes.count
    }

    /// The oldest one.
    mutating func take() -> Entry? {
        guard !isEmpty else { return nil }
        let entry = entries[head]
        entries[head].bytes = []
        head += 1
        waiting -= entry.bytes.count
        if isEmpty {
            entries.removeAll(keepingCapacity: true)
            head = 0
        }
        return entry
    }
}
