/// A complete answer to an HTTP request. Its connection ends after it.
package struct HTTPResponse: Sendable, Equatable {
    package var status: Int
    /// In the order they are sent. `Content-Length` and `Connection: close` are added.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package static func == (a: HTTPResponse, b: HTTPResponse) -> Bool {
        a.status == b.status && a.body == b.body && a.headers.elementsEqual(b.headers, by: ==)
    }

    /// The bytes on the wire.
    func encoded(withoutBody: Bool) -> [UInt8] {
        var text = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
        for (name, value) in headers where name != "Connection" { text += "\(name): \(value)\r\n" }
        // These two never have a body (RFC 9110, section 8.6).
        if status != 204, status != 304 { text += "Content-Length: \(body.count)\r\n" }
        // The 426 names the upgrade in the same header.
        let options = headers.filter { $0.name == "Connection" }.map(\.value) + ["close"]
        text += "Connection: \(options.joined(separator: ", "))\r\n\r\n"
        return Array(text.utf8) + (withoutBody ? [] : body)
    }

    /// The head alone, for a body that ends with its connection.
    var encodedOpenHead: [UInt8] {
        var text = "HTTP/1.1 \(status) \(Self.reason(status))\r\n"
        for (name, value) in headers where name != "Connection" { text += "\(name): \(value)\r\n" }
        return Array((text + "Connection: close\r\n\r\n").utf8)
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 202: "Accepted"
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
        case 504: "Gateway Timeout"
        default: "Status"
        }
    }
}
