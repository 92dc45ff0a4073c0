/// An origin as browsers send it, in lower case: `https://app.example.com`, and of apps in a shell `capacitor://localhost` or
/// `chrome-extension://<id>`. Letters are compared by ASCII rules: no other letter becomes one of ours.
struct WebOrigin: Hashable, Sendable {
    let scheme: String
    /// Where the scheme is no web's, all that stands behind it.
    let host: String
    /// nil where the scheme is no web's.
    let port: Int?

    /// Whether it is a page of the web, where hosts have ports and labels.
    var isWeb: Bool { port != nil }

    /// Reads `scheme://host[:port]` and nothing else: no path, no password, no list, no space. `file://` and `null` are none.
    init?(_ bytes: [UInt8]) {
        guard bytes.count <= 512, bytes.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
        // A scheme has no colon: the first one ends it.
        let text = bytes.lowercasedASCII
        guard let end = text.firstIndex(of: UInt8(ascii: ":")), text[end...].starts(with: "://".utf8), Self.isScheme(text[..<end]) else {
            return nil
        }
        let scheme = String(decoding: text[..<end], as: UTF8.self)
        let rest = String(decoding: text[(end + 3)...], as: UTF8.self)
        if let standard = Self.standardPorts[scheme] {
            guard let own = HostAndPort(rest), !own.host.hasPrefix(".") else { return nil }
            self.init(scheme: scheme, host: own.host, port: own.port ?? standard)
        } else {
            guard scheme != "file", !rest.isEmpty, rest.allSatisfy({ !"/?#@,\\*".contains($0) }) else { return nil }
            self.init(scheme: scheme, host: rest, port: nil)
        }
    }

    fileprivate init(scheme: String, host: String, port: Int?) {
        (self.scheme, self.host, self.port) = (scheme, host, port)
    }

    static let standardPorts = ["http": 80, "https": 443]

    private static func isScheme(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first, 0x61...0x7A ~= first else { return false }
        return text.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || "+-.".utf8.contains($0) }
    }
}

/// One entry of `--allowed-origins`.
enum OriginPattern: Hashable, Sendable {
    case all
    case exactly(WebOrigin)
    /// One or more labels in front of the host, which starts with the dot.
    case below(WebOrigin)

    /// No page has an origin of these: whoever writes one means another.
    private static let noPageSchemes: Set = ["ws", "wss", "ftp", "file", "javascript", "data", "blob", "about", "mailto"]

    /// Reads `*`, an origin, or `https://*.example.com`. A host in other letters is taken by its ASCII form; nil for anything else.
    init?(_ text: String) {
        if text == "*" {
            self = .all
            return
        }
        guard let ascii = Self.ascii(text) else { return nil }
        if let end = ascii.firstRange(of: "://*.") {
            guard let origin = WebOrigin(Array((ascii[..<end.lowerBound] + "://" + ascii[end.upperBound...]).utf8)), origin.isWeb,
                !origin.host.hasPrefix("[")
            else { return nil }
            self = .below(WebOrigin(scheme: origin.scheme, host: "." + origin.host, port: origin.port))
        } else {
            guard let origin = WebOrigin(Array(ascii.utf8)), !Self.noPageSchemes.contains(origin.scheme) else { return nil }
            self = .exactly(origin)
        }
    }

    func allows(_ origin: WebOrigin) -> Bool {
        switch self {
        case .all: true
        case .exactly(let one): one == origin
        case .below(let parent):
            parent.scheme == origin.scheme && parent.port == origin.port && origin.host.hasSuffix(parent.host)
                && origin.host.utf8.count > parent.host.utf8.count
        }
    }

    /// How browsers send what was written in other letters; nil where it is written so already, or is no pattern.
    static func asciiForm(ofOther text: String) -> String? {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }), OriginPattern(text) != nil else { return nil }
        return ascii(text)
    }

    /// The text with the labels of its host in their ASCII form; nil where a label has none that is certain.
    private static func ascii(_ text: String) -> String? {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        guard let end = text.firstRange(of: "://") else { return nil }
        let labels = text[end.upperBound...].split(separator: ".", omittingEmptySubsequences: false)
        var forms: [String] = []
        for label in labels {
            // A port stands behind the last label.
            let name = label.prefix { $0 != ":" }
            guard let form = InternationalLabel.ascii(name) else { return nil }
            forms.append(form + label[name.endIndex...])
        }
        return text[..<end.upperBound] + forms.joined(separator: ".")
    }
}

/// What a `Host` header says, in lower case.
struct HostAndPort: Hashable, Sendable {
    let host: String
    /// nil stands for the scheme's own.
    let port: Int?

    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        let text = String(decoding: bytes.lowercasedASCII, as: UTF8.self)
        // The colons of an IPv6 address are inside its brackets.
        let behind = text.lastIndex(of: "]").map { text.index(after: $0) } ?? text.startIndex
        let colon = text[behind...].firstIndex(of: ":")
        host = String(text[..<(colon ?? text.endIndex)])
        if let colon {
            guard let number = Self.port(text[text.index(after: colon)...].utf8) else { return nil }
            port = number
        } else {
            port = nil
        }
        guard Self.isHost(host) else { return nil }
    }

    /// Reads a port from 1 to 65535 in digits.
    static func port(_ digits: some Swift.Collection<UInt8>) -> Int? {
        guard 1...5 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return 1...65535 ~= number ? number : nil
    }

    /// The address, where the host is one: `192.0.2.1` or `[2001:db8::1]`.
    var address: NetworkAddress? {
        host.hasPrefix("[") ? NetworkAddress(String(host.dropFirst().dropLast())) : NetworkAddress(host)
    }

    private static func isHost(_ text: String) -> Bool {
        if text.hasPrefix("[") { return text.hasSuffix("]") && NetworkAddress(String(text.dropFirst().dropLast())) != nil }
        return !text.isEmpty
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "-._".utf8.contains($0) }
    }
}

extension [UInt8] {
    /// With the letters A to Z in lower case, everything else as it is.
    var lowercasedASCII: [UInt8] { map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 } }
}
