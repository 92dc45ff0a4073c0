/// A complete answer to an HTTP request.
public struct HTTPResponse: Sendable, Equatable {
    public var status: Int
    /// In the order they are sent. `Content-Length`, and `Connection: close` where it applies, are added.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// Whether the connection ends after this answer. A request that may have been misread must not be followed by another.
    public var closes: Bool

    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], closes: Bool = false) {
        self.status = status
        self.headers = headers
        self.body = body
        self.closes = closes
    }

    /// An answer in JSON.
    public static func json(_ status: Int, _ body: String, headers: [(name: String, value: String)] = [], closes: Bool = false)
        -> HTTPResponse
    {
        json(status, Array(body.utf8), headers: headers, closes: closes)
    }

    /// An answer in JSON that is encoded already.
    public static func json(_ status: Int, _ body: [UInt8], headers: [(name: String, value: String)] = [], closes: Bool = false)
        -> HTTPResponse
    {
        HTTPResponse(
            status: status, headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")] + headers, body: body,
            closes: closes)
    }

    /// `{"error":"<sentence>"}`. The sentence is ours and needs no escaping.
    public static func error(
        _ status: Int, _ sentence: StaticString, headers: [(name: String, value: String)] = [], closes: Bool = false
    ) -> HTTPResponse {
        json(status, "{\"error\":\"\(sentence)\"}", headers: headers, closes: closes)
    }

    public static func == (a: HTTPResponse, b: HTTPResponse) -> Bool {
        a.status == b.status && a.body == b.body && a.closes == b.closes && a.headers.elementsEqual(b.headers, by: ==)
    }

    /// The bytes on the wire.
    func encoded(withoutBody: Bool) -> [UInt8] {
        var text = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        // These two never have a body (RFC 9110, section 8.6).
        if status != 204, status != 304 { text += "Content-Length: \(body.count)\r\n" }
        if closes { text += "Connection: close\r\n" }
        text += "\r\n"
        return Array(text.utf8) + (withoutBody ? [] : body)
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}
