/// What the loop keeps for every connection: 32 bytes, in one array that grows and is reused, never an object of its own.
struct SocketTable {
    @safe
    struct Entry {
        /// Valid from the accept until the index is released.
        var wsi: OpaquePointer?
        var generation: UInt64 = 0
        var bucket = TokenBucket()
        /// Where it stands among the connections that are not answered yet, plus one; 0 for no more.
        private var pending: UInt32 = 0
        var ending = Ending()
        var isTaken = false

        init(generation: UInt64 = 0) {
            self.generation = generation
        }

        /// Where it stands among the connections that are not answered yet.
        var pendingSlot: PendingConnections.Slot? {
            get { pending == 0 ? nil : pending - 1 }
            set { pending = newValue.map { $0 + 1 } ?? 0 }
        }

        mutating func takePendingSlot() -> PendingConnections.Slot? {
            defer { pendingSlot = nil }
            return pendingSlot
        }
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
        entries[index] = Entry(generation: entries[index].generation)
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
