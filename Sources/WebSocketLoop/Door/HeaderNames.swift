/// What a header's name means to the judge of raw heads, found by the hash of its name in lower case.
///
/// Names that libwebsockets' own table misreads are in it, too: a name that is the beginning of one of its words (`X:`, `Con:`)
/// swallows the line after it, and `Put…`, `Patch…`, `Delete…` and `Uri-Args…` are taken for a second request line.
struct HeaderNames: Sendable {
    enum Meaning: UInt8 {
        case other
        /// libwebsockets would misread it.
        case misread
        /// May stand in a head once.
        case single
        case host, contentLength, transferEncoding, upgrade, connection, accept
    }

    static let shared = HeaderNames()

    /// Open addressing, a power of two, at most half full; a hash of 0 is a free slot.
    private var hashes = [UInt64](repeating: 0, count: 4096)
    private var meanings = [Meaning](repeating: .other, count: 4096)

    private init() {
        for word in Self.wordsOfLibwebsockets {
            for length in 1..<word.utf8.count { set(word.utf8.prefix(length), .misread) }
        }
        // Whole words are read well, also where they are the beginning of another one.
        for word in Self.wordsOfLibwebsockets where word.hasSuffix(":") { set(word.utf8.dropLast(), .other) }
        for name in Self.singles { set(name.utf8, .single) }
        for (name, meaning) in Self.known { set(name.utf8, meaning) }
    }

    /// - Parameter hash: made with ``start`` and ``add(_:to:)`` from the name in lower case.
    func meaning(of hash: UInt64) -> Meaning {
        var slot = Int(truncatingIfNeeded: hash) & 4095
        while hashes[slot] != 0 {
            if hashes[slot] == hash { return meanings[slot] }
            slot = (slot + 1) & 4095
        }
        return .other
    }

    /// FNV-1a: who finds a collision gets no more than a 400 for it.
    static let start: UInt64 = 0xCBF2_9CE4_8422_2325

    static func add(_ byte: UInt8, to hash: UInt64) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

    private mutating func set(_ name: some Sequence<UInt8>, _ meaning: Meaning) {
        let hash = name.reduce(Self.start) { Self.add($1, to: $0) }
        var slot = Int(truncatingIfNeeded: hash) & 4095
        while hashes[slot] != 0, hashes[slot] != hash { slot = (slot + 1) & 4095 }
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

    /// The table of 4.1 to 4.5 (roles/http/lextable-strings.h) as far as a header's name can begin like it.
    static let wordsOfLibwebsockets = [
        "get ", "post ", "options ", "host:", "connection:", "upgrade:", "origin:", "sec-websocket-draft:",
        "sec-websocket-extensions:", "sec-websocket-key1:", "sec-websocket-key2:", "sec-websocket-protocol:",
        "sec-websocket-accept:", "sec-websocket-nonce:", "http/1.1 ", "http2-settings:", "accept:",
        "access-control-request-headers:", "if-modified-since:", "if-none-match:", "accept-encoding:", "accept-language:",
        "pragma:", "cache-control:", "authorization:", "cookie:", "content-length:", "content-type:", "date:", "range:",
        "referer:", "sec-websocket-key:", "sec-websocket-version:", "sec-websocket-origin:", "accept-charset:",
        "accept-ranges:", "access-control-allow-origin:", "age:", "allow:", "content-disposition:", "content-encoding:",
        "content-language:", "content-location:", "content-range:", "etag:", "expect:", "expires:", "from:", "if-match:",
        "if-range:", "if-unmodified-since:", "last-modified:", "link:", "location:", "max-forwards:",
        "proxy-authenticate:", "proxy-authorization:", "refresh:", "retry-after:", "server:", "set-cookie:",
        "strict-transport-security:", "transfer-encoding:", "user-agent:", "vary:", "via:", "www-authenticate:", "patch",
        "put", "delete", "uri-args", "proxy ", "x-real-ip:", "http/1.0 ", "x-forwarded-for:", "connect ", "head ", "te:",
        "replay-nonce:", "x-auth-token:",
    ]

    /// Words of that table without an end of their own: every name that begins with one is taken for it.
    static let openWords = ["patch", "put", "delete", "uri-args"]
}
