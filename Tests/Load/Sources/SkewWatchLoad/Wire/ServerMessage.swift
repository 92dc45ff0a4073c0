import FoundationEssentials

/// A message of the server, read. Fields that a message's type does not have are `nil`.
struct ServerMessage: Decodable, Equatable {
    /// One connection as a subscriber sees it.
    struct Row: Decodable, Hashable {
        var id: String
        var version: String
        var route: String
    }

    /// `connected`, `stats`, `stats-delta`, `stats-unauthorized`, `version`, `keepalive`, `pong`.
    var type: String
    var connectionId: String?
    /// Of `connected`: the release.
    var version: String?
    var seq: Int?
    var total: Int?
    /// A count of `nil` inside means that the key is gone; in a `stats` there is none.
    var versions: [String: Int?]?
    var routes: [String: Int?]?
    var connections: [Row]?
    var truncated: Int?
    /// Why the numbers of several nodes may not be whole.
    var partial: [String]?
    var yourId: String?
    var opened: [Row]?
    var changed: [Row]?
    var closed: [String]?

    /// A stream's handle is the id and a secret; rows show the id alone.
    var wireID: String? { connectionId.map { String($0.prefix { $0 != "." }) } }

    /// Reads a message.
    /// - Throws: What the decoder throws where the bytes are no such JSON.
    static func read(_ bytes: [UInt8]) throws -> ServerMessage {
        try JSONDecoder().decode(ServerMessage.self, from: Data(bytes))
    }

    /// The bytes after `{"type":"`, up to the closing quote: enough to count a message without reading it all.
    static func typeOf(_ bytes: [UInt8]) -> String? {
        let start = Array("{\"type\":\"".utf8)
        guard bytes.starts(with: start), let end = bytes[start.count...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        return String(decoding: bytes[start.count..<end], as: UTF8.self)
    }
}
