/// An origin as browsers send it: scheme, host and port, all of it in lower case.
struct WebOrigin: Hashable, Sendable {
    let scheme: String
    let host: String
    let port: Int

    /// Reads `scheme://host[:port]` and nothing else: no path, no password, no list, no space.
    init?(_ bytes: [UInt8]) {
        guard bytes.count <= 512, let text = String(validating: bytes, as: UTF8.self)?.lowercased() else { return nil }
        guard let end = text.firstRange(of: "://") else { return nil }
        scheme = String(text[..<end.lowerBound])
        guard let standard = Self.standardPorts[scheme], let place = HostAndPort(text[end.upperBound...]) else { return nil }
        host = place.host
        port = place.port ?? standard
    }

    static let standardPorts = ["http": 80, "https": 443]
}

/// What a `Host` header says, in lower case.
struct HostAndPort: Hashable, Sendable {
    let host: String
    /// nil stands for the scheme's own.
    let port: Int?

    init?(_ text: some StringProtocol) {
        let text = text.lowercased()
        // The colons of an IPv6 address are inside its brackets.
        let behind = text.lastIndex(of: "]").map { text.index(after: $0) } ?? text.startIndex
        let colon = text[behind...].firstIndex(of: ":")
        host = String(text[..<(colon ?? text.endIndex)])
        if let colon {
            let digits = text[text.index(after: colon)...]
            guard digits.count <= 5, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
                1...65535 ~= number
            else { return nil }
            port = number
        } else {
            port = nil
        }
        guard Self.isHost(host) else { return nil }
    }

    private static func isHost(_ text: String) -> Bool {
        if text.hasPrefix("[") { return text.hasSuffix("]") && NetworkAddress(String(text.dropFirst().dropLast())) != nil }
        return !text.isEmpty
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "-._".utf8.contains($0) }
    }
}
