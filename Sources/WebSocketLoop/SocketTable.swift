/// What the loop keeps for every connection: 32 bytes, in one array that grows and is reused, never an object of its own.
struct SocketTable {
    @safe
    struct Entry {
        /// Valid from the accept until the index is released.
        var wsi: OpaquePointer?
        var generation: UInt64 = 0
        var bucket = TokenBucket()
        var ending = Ending()
        var isTaken = false
    }

    private var entries: [Entry] = []
    private var free: [UInt32] = []

    /// Connections in the table.
    private(set) var count = 0

    mutating func take() -> SocketID {
        count += 1
        let index: Int
        if let reused = free.popLast() {
            index = Int(reused)
        } else {
            index = entries.count
            entries.append(Entry())
        }
        entries[index].generation += 1
        entries[index].isTaken = true
        return SocketID(index: index, generation: entries[index].generation)
    }

    mutating func release(_ index: Int) {
        count -= 1
        entries[index] = unsafe Entry(generation: entries[index].generation)
        free.append(UInt32(index))
    }

    /// The index of `socket`, if it is still there.
    func index(of socket: SocketID) -> Int? {
        let index = socket.index
        guard index < entries.count, entries[index].generation == socket.generation, entries[index].isTaken else {
            return nil
        }
        return index
    }

    func socket(at index: Int) -> SocketID { SocketID(index: index, generation: entries[index].generation) }

    /// All indices that are taken, for shutting down.
    var indices: [Int] { entries.indices.filter { entries[$0].isTaken } }

    subscript(index: Int) -> Entry {
        _read { yield entries[index] }
        _modify { yield &entries[index] }
    }
}
