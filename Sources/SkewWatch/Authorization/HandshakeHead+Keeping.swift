internal import SkewProtocol
internal import WebSocketLoop

extension HandshakeHead {
    /// What is kept of a handshake: the headers, and of the cookies the one, that some authorizer looks at. nil when there is nothing to
    /// keep.
    init?(_ head: borrowing RequestHead, keeping kept: KeptHead) {
        func text(_ header: RequestHead.Header) -> String? { head.header(header).map { String(decoding: $0, as: UTF8.self) } }
        guard !kept.everything else {
            let authorization = text(.authorization) ?? SubprotocolToken.authorization(in: head)
            self.init(cookie: text(.cookie), authorization: authorization, origin: text(.origin), userAgent: text(.userAgent))
            return
        }
        let authorization = kept.authorization ? text(.authorization) ?? SubprotocolToken.authorization(in: head) : nil
        let cookie = kept.cookie.flatMap { name in head.header(.cookie).flatMap { Self.cookies(called: name, in: $0) } }
        guard authorization != nil || cookie != nil else { return nil }
        self.init(cookie: cookie, authorization: authorization, origin: nil, userAgent: nil)
    }

    /// The cookies of one name out of a `Cookie` header, as they came; nil where there is none.
    static func cookies(called name: String, in header: [UInt8]) -> String? {
        let start = Array("\(name)=".utf8)
        let cookies = header.split(separator: UInt8(ascii: ";")).compactMap { cookie -> String? in
            let trimmed = cookie.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            return trimmed.starts(with: start) ? String(decoding: trimmed, as: UTF8.self) : nil
        }
        return cookies.isEmpty ? nil : cookies.joined(separator: "; ")
    }
}
