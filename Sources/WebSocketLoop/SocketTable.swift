/// What the loop keeps for every connection: 40 bytes, in one array that grows and is reused, never an object of its own.
struct SocketTable {
    enum Phase: UInt8 {
        /// The place is free.
        case free
        /// Accepted; TLS, the request or its answer is under way.
        case handshake
        /// A plain HTTP request was read on it.
        case http
        /// An open stream of events.
        case stream
        /// An open WebSocket.
        case open
        /// A WebSocket or stream that has begun to close: nothing more is sent on it and the handler has been told.
        case closing
    }

    @safe
    struct Entry {
        /// Valid from the accept until the place is released.
        var wsi: OpaquePointer?
        var generation: UInt64 = 0
        var bucket = TokenBucket()
        var phase = Phase.free
        /// Whether a ping is out that was not answered.
        var isAwaitingPong = false
        /// Which close code goes out when the peer can take it; nil where none is to be sent, or was already.
        var closeCode: CloseCode?
        /// Whether the peer broke a rule: TCP ends as soon as the close frame is out.
        var isFailed = false
    }

    private var entries: [Entry] = []
    private var free: [UInt32] = []

    /// Connections in the table.
    private(set) var count = 0

    mutating func take() -> SocketID {
        count += 1
        let place: Int
        if let reused = free.popLast() {
            place = Int(reused)
        } else {
            place = entries.count
            entries.append(Entry())
        }
        entries[place].generation += 1
        entries[place].phase = .handshake
        return SocketID(place: place, generation: entries[place].generation)
    }

    mutating func release(_ place: Int) {
        count -= 1
        entries[place] = unsafe Entry(generation: entries[place].generation)
        free.append(UInt32(place))
    }

    /// The place of `socket`, if it is still there.
    func place(of socket: SocketID) -> Int? {
        let place = socket.place
        guard place < entries.count, entries[place].generation == socket.generation, entries[place].phase != .free else {
            return nil
        }
        return place
    }

    func socket(at place: Int) -> SocketID { SocketID(place: place, generation: entries[place].generation) }

    /// All places that are taken, for shutting down.
    var places: [Int] { entries.indices.filter { entries[$0].phase != .free } }

    subscript(place: Int) -> Entry {
        _read { yield entries[place] }
        _modify { yield &entries[place] }
    }
}
