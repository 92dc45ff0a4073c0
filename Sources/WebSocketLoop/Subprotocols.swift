/// The subprotocols that a client offers, and the one that it is answered with: a browser fails a connection whose offer is not
/// answered.
package struct Subprotocols: Sendable {
    /// What libwebsockets copies of a name: it hangs up on more, without an answer.
    private static let maxBytes = 62

    /// In the order of the offer; what is no token of RFC 9110 is left out.
    package let offered: [ArraySlice<UInt8>]

    /// Reads the value of a `Sec-WebSocket-Protocol` header.
    package init(_ header: [UInt8]) {
        offered = header.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.filter {
            $0.allSatisfy(Self.isTokenCharacter)
        }
    }

    /// The preferred one where it is offered, else the first.
    func choice(preferring preferred: String?) -> ArraySlice<UInt8>? {
        let fitting = offered.filter { $0.count <= Self.maxBytes }
        return fitting.first { name in preferred.map { name.elementsEqual($0.utf8) } ?? false } ?? fitting.first
    }

    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
