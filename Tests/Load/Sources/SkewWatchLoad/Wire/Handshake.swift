/// The opening request of a connection, and what its answer must be. RFC 6455 section 4.1; for a stream, a plain GET.
struct Handshake {
    /// How a tab is connected.
    enum Transport: String {
        case webSocket = "ws"
        case eventStream = "sse"
    }

    /// Where to and as whom.
    struct Request {
        var transport: Transport
        var host: String
        var basePath: String
        /// The build this tab runs, sent as the stock client does: in the cookie.
        var version: String
        var route: String
        /// For subscribers: goes into `Authorization`. Never shown anywhere.
        var token: String?
        var cookieName = "__nkpv"
        /// Whether it only watches and is counted nowhere.
        var isObserver = false
    }

    /// 16 bytes in Base64.
    var key: [UInt8]

    init(random: some Sequence<UInt8>) {
        key = Base64.encode(Array(random.prefix(16)))
    }

    /// The bytes to send.
    func bytes(_ request: Request) -> [UInt8] {
        let place = request.transport == .webSocket ? "/ws" : "/sse"
        var head = "GET \(request.basePath)\(place)?route=\(Self.percentEncoded(request.route))\(request.isObserver ? "&observer=1" : "")"
        head += " HTTP/1.1\r\nHost: \(request.host)\r\n"
        switch request.transport {
        case .webSocket:
            head += "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
            head += String(decoding: key, as: UTF8.self) + "\r\n"
        case .eventStream:
            head += "Accept: text/event-stream\r\nCache-Control: no-cache\r\n"
        }
        head += "Cookie: \(request.cookieName)=\(Self.percentEncoded(request.version))\r\n"
        if let token = request.token { head += "Authorization: Bearer \(token)\r\n" }
        head += "\r\n"
        return Array(head.utf8)
    }

    /// What the server must answer to `key`.
    static func accept(for key: [UInt8]) -> [UInt8] {
        Base64.encode(SHA1.digest(key + Array("258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)))
    }

    /// Everything but letters, digits and `-._~/` as `%xx`.
    static func percentEncoded(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                encoded.append(byte)
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"): encoded.append(byte)
            default: encoded += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
