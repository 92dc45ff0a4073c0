/// One hop of a `Forwarded` header (RFC 7239): what a proxy says of the request that it passed on.
struct ForwardedHop: Equatable, Sendable {
    /// Whom it came from, as it was written: an address, with a port or not, or a name that hides it.
    var source: [UInt8]?
    var host: [UInt8]?
    var scheme: [UInt8]?

    /// The hops of a list in order, an empty one for what can't be read. Several lines of the header are one list, joined with a comma
    /// or a space.
    static func list(_ bytes: [UInt8]) -> [ForwardedHop] {
        var scanner = Scanner(bytes: bytes)
        var hops: [ForwardedHop] = []
        while let hop = scanner.hop() { hops.append(hop) }
        return hops
    }

    private struct Scanner {
        let bytes: [UInt8]
        var offset = 0

        /// The next hop; nil at the end.
        mutating func hop() -> ForwardedHop? {
            skip { $0 == UInt8(ascii: ",") || Self.isBlank($0) }
            guard offset < bytes.count else { return nil }
            var hop = ForwardedHop()
            repeat {
                skip { $0 == UInt8(ascii: ";") || Self.isBlank($0) }
                if isAtEnd { break }
                guard let (name, value) = pair() else {
                    // Nobody knows what the rest of this one would have said.
                    skip { $0 != UInt8(ascii: ",") }
                    return ForwardedHop()
                }
                switch String(decoding: name.lowercasedASCII, as: UTF8.self) {
                case "for": hop.source = value
                case "host": hop.host = value
                case "proto": hop.scheme = value
                default: break
                }
                let end = offset
                skip(Self.isBlank)
                // Lines that were joined with a space: what stands behind it is the next one's.
                if offset > end, !isAtEnd, bytes[offset] != UInt8(ascii: ";") { return hop }
            } while !isAtEnd && bytes[offset] == UInt8(ascii: ";")
            guard isAtEnd else {
                skip { $0 != UInt8(ascii: ",") }
                return ForwardedHop()
            }
            return hop
        }

        private var isAtEnd: Bool { offset >= bytes.count || bytes[offset] == UInt8(ascii: ",") }

        private mutating func pair() -> (name: [UInt8], value: [UInt8])? {
            let name = take { $0 != UInt8(ascii: "=") && Self.isInToken($0) }
            guard !name.isEmpty, offset < bytes.count, bytes[offset] == UInt8(ascii: "=") else { return nil }
            offset += 1
            if offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") { return quoted().map { (name, $0) } }
            // Brackets and colons have to be in quotes, and some proxies leave those out.
            let value = take { Self.isInToken($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }
            return value.isEmpty ? nil : (name, value)
        }

        private mutating func quoted() -> [UInt8]? {
            var value: [UInt8] = []
            offset += 1
            while offset < bytes.count {
                let byte = bytes[offset]
                offset += 1
                if byte == UInt8(ascii: "\"") { return value }
                guard byte == UInt8(ascii: "\\") else {
                    value.append(byte)
                    continue
                }
                guard offset < bytes.count else { return nil }
                value.append(bytes[offset])
                offset += 1
            }
            return nil
        }

        private mutating func take(_ isWanted: (UInt8) -> Bool) -> [UInt8] {
            let start = offset
            skip(isWanted)
            return Array(bytes[start..<offset])
        }

        private mutating func skip(_ isSkipped: (UInt8) -> Bool) {
            while offset < bytes.count, isSkipped(bytes[offset]) { offset += 1 }
        }

        private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

        private static func isInToken(_ byte: UInt8) -> Bool {
            0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

/// What the nearest proxy says of where the browser went. It counts only from a proxy that is trusted.
struct ForwardedTarget: Equatable, Sendable {
    var host: [UInt8]?
    var port: Int?
    /// Whether the browser spoke TLS with whoever told the proxy.
    var isTLS: Bool?

    /// `X-Forwarded-Host`, `-Proto` and `-Port`, and for what they leave open `Forwarded`. Of a list, and of several lines, the last
    /// element counts: the nearest proxy's own.
    init(host: [UInt8]? = nil, scheme: [UInt8]? = nil, port: [UInt8]? = nil, forwarded: [UInt8]? = nil) {
        let hop = forwarded.flatMap { ForwardedHop.list($0).last }
        self.host = host.flatMap(Self.lastElement) ?? hop?.host
        isTLS = (scheme.flatMap(Self.lastElement) ?? hop?.scheme).flatMap(Self.isTLS)
        self.port = port.flatMap(Self.lastElement).flatMap { HostAndPort.port($0) }
    }

    /// nil for an empty list.
    static func lastElement(_ list: [UInt8]) -> [UInt8]? {
        list.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") || $0 == 0x09 }.last.map { Array($0) }
    }

    /// Traefik says `wss` of a handshake over TLS, and `ws` of one without.
    private static func isTLS(_ scheme: [UInt8]) -> Bool? {
        switch String(decoding: scheme.lowercasedASCII.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self) {
        case "https", "wss": true
        case "http", "ws": false
        default: nil
        }
    }
}
