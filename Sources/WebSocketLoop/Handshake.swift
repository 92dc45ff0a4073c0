/// What an upgrade request says of itself, as far as RFC 6455 section 4.2.1 has rules for it. A value, so that the rules need no
/// socket.
struct HandshakeFacts {
    var method: RequestHead.Method?
    var isHTTP11: Bool
    var upgrade: [UInt8]?
    var connection: [UInt8]?
    var hostCount: Int
    var key: [UInt8]?
    var keyCount: Int
    var version: [UInt8]?
    var hasBody: Bool
}

extension HandshakeFacts {
    init(_ head: borrowing RequestHead) {
        method = head.method
        isHTTP11 = head.isHTTP11
        upgrade = head.header(.upgrade)
        connection = head.header(.connection)
        hostCount = head.count(.host)
        key = head.header(.webSocketKey)
        keyCount = head.count(.webSocketKey)
        version = head.header(.webSocketVersion)
        hasBody = head.count(.contentLength) > 0 || head.count(.transferEncoding) > 0
    }
}

/// What is wrong with an upgrade request, and how it is answered.
enum HandshakeFault: Error, Equatable {
    /// Not an upgrade to `websocket`. libwebsockets may have answered already and must not be given anything to read: hang up.
    case notWebSocket
    /// 400 with a sentence.
    case malformed(String)
    /// 426 that names the version we speak.
    case wrongVersion
}

extension HandshakeFacts {
    /// libwebsockets checks less than RFC 6455 asks for; all of it is checked here.
    func check() throws(HandshakeFault) {
        guard let upgrade, upgrade.isWord("websocket") else { throw .notWebSocket }
        guard method == .get else { throw .malformed("a WebSocket handshake is a GET request") }
        guard isHTTP11 else { throw .malformed("a WebSocket handshake needs HTTP/1.1") }
        guard hostCount == 1 else { throw .malformed("exactly one Host header is needed") }
        guard let connection, connection.hasToken("upgrade") else {
            throw .malformed("the Connection header must contain Upgrade")
        }
        guard let version else { throw .malformed("the header Sec-WebSocket-Version is missing") }
        guard version.isWord("13") else { throw .wrongVersion }
        guard let key, keyCount == 1, key.isSixteenBytesInBase64 else {
            throw .malformed("the header Sec-WebSocket-Key must be 16 bytes in base64")
        }
        guard !hasBody else { throw .malformed("a WebSocket handshake has no body") }
    }
}

extension [UInt8] {
    var lowercasedASCII: [UInt8] { map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }

    /// Whether this is a word, without regard to case. Allocates nothing.
    /// - Parameter word: in lower case.
    fileprivate func isWord(_ word: StaticString) -> Bool { isWord(word, in: 0..<count) }

    /// Whether a word is among the tokens of a list. They are separated by commas; libwebsockets joins repeated headers with a space.
    /// - Parameter word: in lower case.
    fileprivate func hasToken(_ word: StaticString) -> Bool {
        var start = 0
        for index in 0...count where index == count || [UInt8].separatesTokens(self[index]) {
            if isWord(word, in: start..<index) { return true }
            start = index + 1
        }
        return false
    }

    private static func separatesTokens(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private func isWord(_ word: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { word in
            range.indices.allSatisfy { index in
                let byte = self[index]
                return unsafe ((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) == word[index - range.lowerBound]
            }
        }
    }

    /// 22 characters and two `=`: what 16 bytes are in base64 (RFC 4648).
    fileprivate var isSixteenBytesInBase64: Bool {
        count == 24 && suffix(2).allSatisfy { $0 == UInt8(ascii: "=") }
            && dropLast(2).allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "+")
                    || $0 == UInt8(ascii: "/")
            }
    }
}
