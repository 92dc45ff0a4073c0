/// What is wrong with a handshake, and how it is answered.
enum HandshakeFault: Error, Equatable {
    /// 400 with a sentence.
    case malformed(String)
    /// 426 that names the version we speak.
    case wrongVersion
}

extension SeenHead {
    /// The rules of RFC 6455, section 4.2.1, that a head may still break when the walk over it has found a handshake (``HeadWalk``): that one
    /// names the upgrade, HTTP/1.1 and one host, and brings version and key once. libwebsockets checks less.
    ///
    /// They are judged on the bytes where they lie: nothing is copied.
    func checkHandshake() throws(HandshakeFault) {
        let bytes = unsafe bytes.span
        guard head.method == .get else { throw .malformed("a WebSocket handshake is a GET request") }
        guard let version = lastRange(of: .webSocketVersion) else {
            throw .malformed("the header Sec-WebSocket-Version is missing")
        }
        guard bytes.equals("13", version) else { throw .wrongVersion }
        guard let key = lastRange(of: .webSocketKey), bytes.extracting(key).isSixteenBytesInBase64 else {
            throw .malformed("the header Sec-WebSocket-Key must be 16 bytes in base64")
        }
        guard lastRange(of: .contentLength) == nil else { throw .malformed("a WebSocket handshake has no body") }
    }
}

extension Span<UInt8> {
    /// 22 characters and two `=`: what 16 bytes are in base64 (RFC 4648).
    fileprivate var isSixteenBytesInBase64: Bool {
        guard count == 24, self[22] == UInt8(ascii: "="), self[23] == UInt8(ascii: "=") else { return false }
        for index in 0..<22 {
            switch self[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "/"): break
            default: return false
            }
        }
        return true
    }
}
