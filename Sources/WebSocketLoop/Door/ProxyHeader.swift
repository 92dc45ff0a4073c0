internal import CLibuv
internal import CLinux
internal import Glibc

/// What a proxy says of the connection that it passes on, in front of its first byte: the PROXY protocol of HAProxy, versions 1 and 2.
/// Pure: it reads bytes.
enum ProxyHeader: Equatable {
    /// It has not come whole.
    case incomplete
    /// What stands there is none.
    case missing
    /// It has so many bytes. The source is nil where the proxy speaks for itself, as it does to see whether the server is there, or where
    /// the client has no IP address.
    case read(length: Int, source: PeerAddress?)

    static func read(_ bytes: borrowing Span<UInt8>) -> ProxyHeader {
        guard bytes.count > 0 else { return .incomplete }
        return bytes[0] == UInt8(ascii: "P") ? version1(bytes) : version2(bytes)
    }

    // MARK: Version 1, a line of text

    /// Longest line, its end included.
    private static let maxLine = 107

    private static func version1(_ bytes: borrowing Span<UInt8>) -> ProxyHeader {
        let start = Array("PROXY ".utf8)
        for index in 0..<min(start.count, bytes.count) where bytes[index] != start[index] { return .missing }
        var line: [UInt8] = []
        for index in 0..<min(bytes.count, maxLine) {
            guard bytes[index] == 0x0A else {
                line.append(bytes[index])
                continue
            }
            guard line.last == 0x0D else { return .missing }
            return fields(String(decoding: line.dropLast(), as: UTF8.self), length: index + 1)
        }
        return bytes.count >= maxLine ? .missing : .incomplete
    }

    private static func fields(_ line: String, length: Int) -> ProxyHeader {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        if words.count >= 2, words[1] == "UNKNOWN" { return .read(length: length, source: nil) }
        guard words.count == 6, words[4...].allSatisfy({ UInt16($0) != nil }) else { return .missing }
        let isIPv6: Bool
        switch words[1] {
        case "TCP4": isIPv6 = false
        case "TCP6": isIPv6 = true
        default: return .missing
        }
        guard let source = PeerAddress(text: String(words[2]), isIPv6: isIPv6), PeerAddress(text: String(words[3]), isIPv6: isIPv6) != nil
        else { return .missing }
        return .read(length: length, source: source)
    }

    // MARK: Version 2, binary

    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    /// Longest header, with all that proxies add to it: more than any sends.
    private static let maxBytes = 4096

    private static func version2(_ bytes: borrowing Span<UInt8>) -> ProxyHeader {
        for index in 0..<min(signature.count, bytes.count) where bytes[index] != signature[index] { return .missing }
        guard bytes.count >= 16 else { return .incomplete }
        let length = 16 + Int(bytes[14]) << 8 + Int(bytes[15])
        guard bytes[12] == 0x20 || bytes[12] == 0x21, length <= maxBytes else { return .missing }
        guard bytes.count >= length else { return .incomplete }
        guard bytes[12] == 0x21 else { return .read(length: length, source: nil) }
        switch bytes[13] {
        case 0x11:
            guard length >= 16 + 12 else { return .missing }
            return .read(length: length, source: PeerAddress(bits: 0xFFFF << 32 | number(bytes, 16..<20)))
        case 0x21:
            guard length >= 16 + 36 else { return .missing }
            return .read(length: length, source: PeerAddress(bits: number(bytes, 16..<32)))
        default:
            return .read(length: length, source: nil)
        }
    }

    private static func number(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> UInt128 {
        var number: UInt128 = 0
        for index in range { number = number << 8 | UInt128(bytes[index]) }
        return number
    }
}

extension PeerAddress {
    /// Reads a literal; nil for one of the other family, or none.
    init?(text: String, isIPv6: Bool) {
        guard !text.utf8.contains(0) else { return nil }
        var bytes: (UInt64, UInt64) = (0, 0)
        let isRead = unsafe withUnsafeMutableBytes(of: &bytes) {
            unsafe inet_pton(isIPv6 ? AF_INET6 : AF_INET, text, $0.baseAddress!)
        }
        guard isRead == 1 else { return nil }
        let (high, low) = (UInt64(bigEndian: bytes.0), UInt64(bigEndian: bytes.1))
        self.init(bits: isIPv6 ? UInt128(high) << 64 | UInt128(low) : 0xFFFF << 32 | UInt128(high >> 32))
    }

    /// As people write it, IPv4 also where it is mapped; `unix:` for a Unix socket.
    package var text: String {
        guard self != .unix else { return "unix:" }
        let isIPv4 = bits >> 32 == 0xFFFF
        var bytes =
            isIPv4
            ? (UInt64(truncatingIfNeeded: bits << 32).bigEndian, 0)
            : (UInt64(bits >> 64).bigEndian, UInt64(truncatingIfNeeded: bits).bigEndian)
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            unsafe withUnsafeBytes(of: &bytes) { _ = unsafe inet_ntop(isIPv4 ? AF_INET : AF_INET6, $0.baseAddress!, text.baseAddress!, 64) }
            return unsafe String(cString: text.baseAddress!)
        }
    }
}
