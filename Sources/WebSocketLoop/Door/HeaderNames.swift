/// What a header's name means to the judge of raw heads, found by the hash of its name in lower case.
struct HeaderNames: Sendable {
    enum Meaning: UInt8 {
        case other
        /// May stand in a head once.
        case single
        case host, contentLength, transferEncoding, upgrade, connection, accept
    }

    static let shared = HeaderNames()

    /// Open addressing, a power of two, at most half full; a hash of 0 is a free slot.
    private var hashes = [UInt64](repeating: 0, count: 64)
    private var meanings = [Meaning](repeating: .other, count: 64)

    private init() {
        for name in Self.singles { set(name.utf8, .single) }
        for (name, meaning) in Self.known { set(name.utf8, meaning) }
    }

    /// - Parameter hash: made with ``start`` and ``add(_:to:)`` from the name in lower case.
    func meaning(of hash: UInt64) -> Meaning {
        var slot = Int(truncatingIfNeeded: hash) & 63
        while hashes[slot] != 0 {
            if hashes[slot] == hash { return meanings[slot] }
            slot = (slot + 1) & 63
        }
        return .other
    }

    /// FNV-1a: who finds a collision gets no more than a 400 for it.
    static let start: UInt64 = 0xCBF2_9CE4_8422_2325

    static func add(_ byte: UInt8, to hash: UInt64) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

    private mutating func set(_ name: some Sequence<UInt8>, _ meaning: Meaning) {
        let hash = name.reduce(Self.start) { Self.add($1, to: $0) }
        var slot = Int(truncatingIfNeeded: hash) & 63
        while hashes[slot] != 0, hashes[slot] != hash { slot = (slot + 1) & 63 }
        hashes[slot] = hash
        meanings[slot] = meaning
    }

    private static let singles = [
        "authorization", "content-type", "expect", "sec-fetch-site", "sec-websocket-key", "sec-websocket-version",
    ]

    private static let known: [(String, Meaning)] = [
        ("host", .host), ("content-length", .contentLength), ("transfer-encoding", .transferEncoding), ("upgrade", .upgrade),
        ("connection", .connection), ("accept", .accept),
    ]
}
