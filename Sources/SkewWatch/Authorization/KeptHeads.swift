/// What is kept of the handshakes of a loop's connections, by the index of their socket, to be shown to authorizers later.
///
/// Anybody may connect with 16 KB of cookies and never ask: at most 4 KB are kept for each. Of larger ones the newest few are kept, since
/// who shows a long token with its handshake asks at once; who has been let in keeps what it showed.
struct KeptHeads: Sendable {
    /// Bytes that are kept of anybody's handshake.
    static let maxBytes = 4096
    /// Larger ones that are kept beside: at most a megabyte in all.
    static let maxLarge = 64

    /// What became of the credentials of a handshake.
    enum Kept: Sendable, Equatable {
        case head(HandshakeHead)
        /// It showed more than is kept.
        case tooLarge
        /// It showed nothing that any authorizer looks at.
        case nothing
    }

    private var heads: [Int: HandshakeHead] = [:]
    /// Those that are larger than is kept of anybody, the oldest first.
    private var large: [Int] = []
    private var dropped: Set<Int> = []

    mutating func keep(_ head: HandshakeHead, at index: Int) {
        heads[index] = head
        guard head.byteCount > Self.maxBytes else { return }
        large.append(index)
        guard large.count > Self.maxLarge else { return }
        let oldest = large.removeFirst()
        heads[oldest] = nil
        dropped.insert(oldest)
    }

    func head(at index: Int) -> Kept {
        if let head = heads[index] { return .head(head) }
        return dropped.contains(index) ? .tooLarge : .nothing
    }

    /// The connection was let in: what it showed stays as long as it does.
    mutating func pin(_ index: Int) {
        if let position = large.firstIndex(of: index) { large.remove(at: position) }
    }

    mutating func forget(_ index: Int) {
        guard heads.removeValue(forKey: index)?.byteCount ?? .max > Self.maxBytes else { return }
        dropped.remove(index)
        pin(index)
    }
}

extension HandshakeHead {
    /// Bytes of text in it.
    var byteCount: Int { [cookie, authorization, origin, userAgent].reduce(0) { $0 + ($1?.utf8.count ?? 0) } }
}
