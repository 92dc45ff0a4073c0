internal import SkewProtocol
internal import WebSocketLoop

extension HTTPResponse {
    /// An answer in JSON.
    static func json(_ status: Int, _ body: String, headers: [(name: String, value: String)] = []) -> HTTPResponse {
        json(status, Array(body.utf8), headers: headers)
    }

    /// An answer in JSON that is encoded already.
    static func json(_ status: Int, _ body: [UInt8], headers: [(name: String, value: String)] = []) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")] + headers, body: body)
    }

    /// `{"error":"<sentence>"}`. The sentence is ours and needs no escaping.
    static func error(
        _ status: Int, _ sentence: StaticString, headers: [(name: String, value: String)] = []
    ) -> HTTPResponse {
        json(status, "{\"error\":\"\(sentence)\"}", headers: headers)
    }

    /// The answer to a request that the loop refuses by itself. Its sentence is the loop's own and needs no escaping.
    static func refusal(for fault: RequestFault) -> HTTPResponse {
        json(fault.status, "{\"error\":\"\(fault.sentence)\"}", headers: fault.headers)
    }

    /// `{"error":"<sentence><name>"}`, with a name that a client chose: cleaned and short.
    static func error(_ status: Int, _ sentence: StaticString, naming name: String) -> HTTPResponse {
        var body = Array(#"{"error":"#.utf8)
        body += JSONValue.string("\(sentence)\(CleanText.clean(name.utf8.span, limit: 64) ?? "?")").encoded
        return .json(status, body + Array("}".utf8))
    }

    static let notFound = HTTPResponse.error(404, "there is nothing here")

    static func ok(_ isOK: Bool) -> HTTPResponse { .json(200, isOK ? #"{"ok":true}"# : #"{"ok":false}"#) }

    /// The answer to `OPTIONS`: what the endpoint takes, and, for allowed origins, what browsers ask before a cross-origin request.
    /// - Parameter asked: the headers that the page would like to send.
    static func options(allow: String, _ page: CrossOrigin, asked: [UInt8]?) -> HTTPResponse {
        var headers = [(name: "Allow", value: allow)]
        if case .allowed = page {
            headers += [
                ("Access-Control-Allow-Methods", allow), ("Access-Control-Allow-Headers", allowedHeaders(asked)),
                ("Access-Control-Max-Age", "600"),
            ]
        }
        return HTTPResponse(status: 204, headers: headers)
    }

    /// The headers that were asked for, as far as they are names of headers: an allowed page may send what it likes. (`*` would not
    /// do: it does not stand for `authorization`, and not for anything where a session comes along.)
    private static func allowedHeaders(_ asked: [UInt8]?) -> String {
        let names = (asked ?? []).split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }
            .map { String(decoding: Array($0).lowercasedASCII, as: UTF8.self) }.filter { $0.isHTTPToken && $0.utf8.count <= 64 }
        let usual = ["authorization", "content-type", "skewwatch-token"]
        return (usual + names.prefix(32).filter { !usual.contains($0) }).joined(separator: ", ")
    }

    /// To another spelling of the path.
    static func redirect(to path: String) -> HTTPResponse {
        HTTPResponse(status: 302, headers: [("Location", path), ("Cache-Control", "no-store")])
    }

    func with(_ more: [(name: String, value: String)]) -> HTTPResponse {
        var response = self
        response.headers += more
        return response
    }
}
