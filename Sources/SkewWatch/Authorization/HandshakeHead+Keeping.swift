internal import SkewProtocol
internal import WebSocketLoop

extension HandshakeHead {
    /// What is kept of a handshake; nil when there is nothing to keep.
    init?(_ head: borrowing RequestHead, keeping kept: KeptHead) {
        func text(_ header: RequestHead.Header) -> String? { head.header(header).map { String(decoding: $0, as: UTF8.self) } }
        guard !kept.everything else {
            let authorization = text(.authorization) ?? SubprotocolToken.authorization(in: head)
            self.init(cookie: text(.cookie), authorization: authorization, origin: text(.origin), userAgent: text(.userAgent))
            return
        }
        let authorization = kept.authorization ? text(.authorization) ?? SubprotocolToken.authorization(in: head) : nil
        var cookie: String?
        if let name = kept.cookie, let bytes = head.header(.cookie), CookieHeader.firstValue(of: name, in: bytes.span) != nil {
            cookie = String(decoding: bytes, as: UTF8.self)
        }
        guard authorization != nil || cookie != nil else { return nil }
        self.init(cookie: cookie, authorization: authorization, origin: nil, userAgent: nil)
    }
}
