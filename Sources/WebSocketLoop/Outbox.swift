/// What waits for one socket whose peer does not read fast enough. Idle sockets have none.
struct Outbox {
    enum Item {
        /// A whole message.
        case message([UInt8], isText: Bool)
        /// A whole message that others receive too.
        case shared(Payload)
        /// A large text message: shared bytes as fragments from `offset` on, then the receiver's own tail as the closing fragment.
        case fragments(of: Payload, offset: Int, tail: [UInt8])

        var count: Int {
            switch self {
            case .message(let bytes, _): bytes.count
            case .shared(let payload): payload.count
            case .fragments(_, _, let tail): tail.count
            }
        }
    }

    /// Items in the order they go out. The first one may be under way.
    private(set) var items: [Item] = []
    private var bytes = 0
    /// When the peer last took something, in ticks of the loop.
    var lastProgress: UInt32
    /// Bytes in the kernel's send queue at that time.
    var unsent: Int32 = -1

    init(at tick: UInt32) {
        lastProgress = tick
    }

    /// - Returns: false when `limit` bytes would be exceeded: nothing was added.
    mutating func append(_ item: Item, limit: Int) -> Bool {
        guard bytes + item.count <= limit else { return false }
        items.append(item)
        bytes += item.count
        return true
    }

    mutating func takeFirst() -> Item? {
        guard !items.isEmpty else { return nil }
        let item = items.removeFirst()
        bytes -= item.count
        return item
    }

    mutating func putBack(_ item: Item) {
        items.insert(item, at: 0)
        bytes += item.count
    }

    /// Takes note of how many bytes the kernel still holds: any change is progress.
    mutating func note(unsent now: Int32, at tick: UInt32) {
        if now != unsent { (unsent, lastProgress) = (now, tick) }
    }
}
