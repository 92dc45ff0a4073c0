internal import WebSocketLoop

extension RequestHead {
    /// Whether the content type is JSON, whatever its parameters.
    var hasJSONBody: Bool {
        guard let type = header(.contentType) else { return false }
        let name = type.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }.map { $0 | 0x20 }
        return name.elementsEqual("application/json".utf8)
    }
}

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

    static let notFound = HTTPResponse.error(404, "there is nothing here")
    static let foreignOrigin = HTTPResponse.error(403, "this origin is not allowed")
    static let unauthorized = HTTPResponse.error(
        401, "the token is missing or wrong", headers: [("WWW-Authenticate", "Bearer")])

    static func ok(_ isOK: Bool, _ headers: [(name: String, value: String)]) -> HTTPResponse {
        .json(200, isOK ? #"{"ok":true}"# : #"{"ok":false}"#, headers: headers)
    }

    /// The answer to `OPTIONS`: what the endpoint takes, and, for allowed origins, what browsers ask before a cross-origin request.
    static func preflight(_ endpoint: Endpoint, _ origin: CrossOrigin) -> HTTPResponse {
        guard origin != .refused else { return .foreignOrigin }
        var headers = [(name: "Allow", value: endpoint.allow)]
        if case .allowed = origin {
            headers += origin.headers
            headers += [
                ("Access-Control-Allow-Methods", endpoint.allow), ("Access-Control-Allow-Headers", "authorization, content-type"),
                ("Access-Control-Max-Age", "600"),
            ]
        }
        return HTTPResponse(status: 204, headers: headers)
    }

    func with(_ more: [(name: String, value: String)]) -> HTTPResponse {
        var response = self
        response.headers += more
        return response
    }
}
