/// One walk over a raw head, byte by byte: strict where RFC 9112 leaves a choice, since others in front may have chosen otherwise.
struct HeadWalk {
    enum Stop: Error {
        case incomplete
        case faulty(RequestFault)
    }

    private var at = 0
    private var head = RawHead()
    private var hosts = 0
    private var lengths = 0
    private var isUpgradeToWebSocket = false
    private var isUpgradeForUs = false
    private var acceptsEvents = false
    /// Where the lines lie.
    private let lines: HeadLines

    /// - Parameter lines: is filled.
    init(noting lines: HeadLines) {
        self.lines = lines
        lines.clear()
    }

    /// - Parameters:
    ///   - bytes: at most as many as the longest head has.
    ///   - count: how many have come, of a body, too.
    /// - Returns: what the head says, once it is whole and nothing is wrong with it.
    mutating func run(over bytes: borrowing Span<UInt8>, of count: Int) throws(Stop) -> RawHead {
        try readRequestLine(bytes)
        while try byte(bytes) != HeadBytes.carriageReturn { try readField(bytes) }
        try endLine(bytes)
        head.length = at
        return try conclude(count)
    }

    // MARK: The request line

    private mutating func readRequestLine(_ bytes: borrowing Span<UInt8>) throws(Stop) {
        let length = try readMethod(bytes)
        switch try byte(bytes) {
        case UInt8(ascii: "/"):
            try readPath(bytes)
        case UInt8(ascii: "*"):
            head.target = .asterisk
            at += 1
        case UInt8(ascii: "h"), UInt8(ascii: "H"):
            head.target = .absolute
            try readAuthority(bytes)
            if try byte(bytes) == UInt8(ascii: "/") { try readPath(bytes) } else { try readQuery(bytes) }
        default:
            throw .faulty(.malformed("the request's target is no path"))
        }
        guard try byte(bytes) == HeadBytes.space else { throw .faulty(.malformed("the request's target is malformed")) }
        at += 1
        try readVersion(bytes)
        guard let method = Self.method(bytes, length: length) else { throw .faulty(.methodNotKnown) }
        guard head.target != .asterisk || method == .options else { throw .faulty(.malformed("the request's target is no path")) }
        head.method = method
    }

    /// - Returns: the length of the method.
    private mutating func readMethod(_ bytes: borrowing Span<UInt8>) throws(Stop) -> Int {
        while true {
            let byte = try byte(bytes)
            if byte == HeadBytes.space, at > 0 { break }
            guard HeadBytes.isTokenByte(byte), at < 24 else { throw .faulty(.malformed("the request line is malformed")) }
            at += 1
        }
        defer { at += 1 }
        return at
    }

    /// The methods that libwebsockets tells apart, `CONNECT` apart: it would take that one for another protocol.
    private static func method(_ bytes: borrowing Span<UInt8>, length: Int) -> RequestHead.Method? {
        switch length {
        case 3: bytes.begins(with: "GET") ? .get : bytes.begins(with: "PUT") ? .put : nil
        case 4: bytes.begins(with: "POST") ? .post : bytes.begins(with: "HEAD") ? .head : nil
        case 5: bytes.begins(with: "PATCH") ? .patch : nil
        case 6: bytes.begins(with: "DELETE") ? .delete : nil
        case 7: bytes.begins(with: "OPTIONS") ? .options : nil
        default: nil
        }
    }

    /// Our paths are plain: one with an escape, an empty segment or a dot segment is a second name of something, or of nothing.
    private mutating func readPath(_ bytes: borrowing Span<UInt8>) throws(Stop) {
        var isCanonical = true
        var segment = at + 1
        let start = at
        at += 1
        while true {
            let byte = try byte(bytes)
            let isEnd = byte == HeadBytes.space || byte == UInt8(ascii: "?")
            if isEnd || byte == UInt8(ascii: "/") {
                let length = at - segment
                if length == 0, !isEnd { isCanonical = false }
                if length == 1, bytes[segment] == UInt8(ascii: ".") { isCanonical = false }
                if length == 2, bytes[segment] == UInt8(ascii: "."), bytes[segment + 1] == UInt8(ascii: ".") { isCanonical = false }
                segment = at + 1
                if isEnd { break }
            } else if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\") {
                isCanonical = false
            } else if byte <= HeadBytes.space || byte >= 0x7F || byte == UInt8(ascii: "#") {
                throw .faulty(.malformed("the request's target is malformed"))
            }
            at += 1
        }
        head.path = start..<at
        if bytes[at] == UInt8(ascii: "?") { try readQuery(bytes) }
        guard isCanonical else { throw .faulty(.nothingHere) }
    }

    /// Reads a query with its question mark, or nothing where there is none.
    private mutating func readQuery(_ bytes: borrowing Span<UInt8>) throws(Stop) {
        let start = at + 1
        while true {
            let byte = try byte(bytes)
            if byte == HeadBytes.space {
                if start < at { head.query = start..<at }
                return
            }
            // Old clients send letters beyond ASCII as they are.
            guard byte > HeadBytes.space, byte != 0x7F, byte != UInt8(ascii: "#") else {
                throw .faulty(.malformed("the request's target is malformed"))
            }
            at += 1
        }
    }

    private mutating func readAuthority(_ bytes: borrowing Span<UInt8>) throws(Stop) {
        for letter in [UInt8(ascii: "h"), UInt8(ascii: "t"), UInt8(ascii: "t"), UInt8(ascii: "p")] {
            guard try byte(bytes) | 0x20 == letter else { throw .faulty(.malformed("the request's target is no path")) }
            at += 1
        }
        if try byte(bytes) | 0x20 == UInt8(ascii: "s") { at += 1 }
        for mark in [UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "/")] {
            guard try byte(bytes) == mark else { throw .faulty(.malformed("the request's target is no path")) }
            at += 1
        }
        let start = at
        while true {
            let byte = try byte(bytes)
            if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == HeadBytes.space { break }
            guard HeadBytes.isHostByte(byte), byte < 0x80 else { throw .faulty(.malformed("the request's target is malformed")) }
            at += 1
        }
        head.authority = start..<at
        guard start < at else { throw .faulty(.malformed("the request's target is malformed")) }
    }

    private mutating func readVersion(_ bytes: borrowing Span<UInt8>) throws(Stop) {
        let start = at
        for letter in [UInt8(ascii: "H"), UInt8(ascii: "T"), UInt8(ascii: "T"), UInt8(ascii: "P"), UInt8(ascii: "/")] {
            guard try byte(bytes) == letter else { throw .faulty(.malformed("the request line is malformed")) }
            at += 1
        }
        while at - start < 8 {
            let byte = try byte(bytes)
            guard HeadBytes.isDigit(byte) || byte == UInt8(ascii: ".") else { break }
            at += 1
        }
        guard at - start == 8, bytes[start + 6] == UInt8(ascii: "."), HeadBytes.isDigit(bytes[start + 5]),
            HeadBytes.isDigit(bytes[start + 7])
        else { throw .faulty(.malformed("the request line is malformed")) }
        try endLine(bytes)
        guard bytes[start + 5] == UInt8(ascii: "1"), bytes[start + 7] <= UInt8(ascii: "1") else { throw .faulty(.versionNotSupported) }
        head.isHTTP11 = bytes[start + 7] == UInt8(ascii: "1")
    }

    // MARK: The fields

    private mutating func readField(_ bytes: borrowing Span<UInt8>) throws(Stop) {
        guard lines.count < RawHead.maxLines else { throw .faulty(.headerTooLarge) }
        // Most bytes of a head are read in this loop and that of the value: they keep their place in a variable of their own.
        var (end, hash) = (at, HeaderNames.start)
        while true {
            guard end < bytes.count else { throw .incomplete }
            let byte = bytes[end]
            guard HeadBytes.isTokenByte(byte) else { break }
            hash = HeaderNames.add(byte &- 0x41 < 26 ? byte | 0x20 : byte, to: hash)
            end += 1
        }
        guard bytes[end] == UInt8(ascii: ":"), end > at else { throw .faulty(.malformed("a header's name is malformed")) }
        let name = at..<end
        at = end + 1
        let value = try readValue(bytes)
        try take(hash, name, value, bytes)
    }

    /// - Returns: where the value lies, without the blanks around it.
    private mutating func readValue(_ bytes: borrowing Span<UInt8>) throws(Stop) -> Range<Int> {
        while try HeadBytes.isBlank(byte(bytes)) { at += 1 }
        let start = at
        var end = at
        while true {
            guard end < bytes.count else { throw .incomplete }
            let byte = bytes[end]
            if byte < HeadBytes.space || byte == 0x7F {
                if byte == HeadBytes.carriageReturn { break }
                guard byte == HeadBytes.tab else { throw .faulty(.controlCharacter) }
            }
            end += 1
        }
        at = end
        try endLine(bytes)
        while end > start, HeadBytes.isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    private mutating func take(
        _ hash: UInt64, _ name: Range<Int>, _ value: Range<Int>, _ bytes: borrowing Span<UInt8>
    ) throws(Stop) {
        let header = HeaderNames.shared.header(hash, name, in: bytes)
        let before = lines.note(hash, header, name: name, value: value)
        guard before != .withEmpty else { throw .faulty(.malformed("an empty header comes again")) }
        let isAgain = before == .again
        switch header {
        case .authorization, .contentType, .expect, .secFetchSite, .webSocketKey, .webSocketVersion:
            guard !isAgain else { throw .faulty(.malformed("a header that may come once comes again")) }
        case .host:
            hosts += 1
            try readHost(value, bytes)
        case .contentLength:
            lengths += 1
            try readLength(value, bytes)
        case .transferEncoding: throw .faulty(.chunked)
        case .upgrade:
            guard !isAgain else { throw .faulty(.malformed("a header that may come once comes again")) }
            isUpgradeToWebSocket = bytes.equals("websocket", value)
        case .connection:
            if bytes.lists("upgrade", in: value) { isUpgradeForUs = true }
        case .accept:
            if bytes.contains("text/event-stream", in: value) { acceptsEvents = true }
        default: break
        }
    }

    private func readHost(_ value: Range<Int>, _ bytes: borrowing Span<UInt8>) throws(Stop) {
        guard !value.isEmpty else { throw .faulty(.hostNeeded) }
        for index in value where !HeadBytes.isHostByte(bytes[index]) { throw .faulty(.malformed("the Host header is malformed")) }
    }

    private mutating func readLength(_ value: Range<Int>, _ bytes: borrowing Span<UInt8>) throws(Stop) {
        guard lengths == 1, !value.isEmpty, value.count <= 15 else {
            throw .faulty(.doubtfulLength)
        }
        for index in value {
            guard HeadBytes.isDigit(bytes[index]) else { throw .faulty(.doubtfulLength) }
            head.bodyLength = head.bodyLength * 10 + Int(bytes[index] & 0x0F)
        }
    }

    // MARK: The whole

    private mutating func conclude(_ count: Int) throws(Stop) -> RawHead {
        guard hosts == 1 || hosts == 0 && !head.isHTTP11 else { throw .faulty(.hostNeeded) }
        // An upgrade that Connection does not name was not meant for this hop, and HTTP/1.0 has none (RFC 9110, section 7.8): it is passed
        // over.
        let isHandshake = isUpgradeToWebSocket && isUpgradeForUs && head.isHTTP11
        if isHandshake { head.kind = .handshake } else if head.method == .get, acceptsEvents { head.kind = .stream }
        if head.kind == .plain {
            guard head.length <= RawHead.maxPlainBytes else { throw .faulty(.headerTooLarge) }
            // What follows the head of a stream or handshake is the connection's own, and is looked at there.
            guard count <= head.length + head.bodyLength else {
                throw .faulty(.malformed("more bytes than one request: a connection brings one"))
            }
        }
        return head
    }

    private mutating func endLine(_ bytes: borrowing Span<UInt8>) throws(Stop) {
        guard try byte(bytes) == HeadBytes.carriageReturn else { throw .faulty(.malformed("a line does not end with CRLF")) }
        at += 1
        guard try byte(bytes) == HeadBytes.lineFeed else { throw .faulty(.malformed("a line does not end with CRLF")) }
        at += 1
    }

    private func byte(_ bytes: borrowing Span<UInt8>) throws(Stop) -> UInt8 {
        guard at < bytes.count else { throw .incomplete }
        return bytes[at]
    }
}
