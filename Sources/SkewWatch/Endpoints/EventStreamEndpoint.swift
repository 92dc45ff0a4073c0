internal import WebSocketLoop

extension Endpoint {
    /// A stream of events (SSE): the other way a tab is there. Same tracker, same identity, same count.
    static let eventStream = Endpoint(.get, "/sse", .newConnection) { _, request, _ in
        guard request.method == .get else {
            return .respond(HTTPResponse(status: 200, headers: [("Content-Type", "text/event-stream")] + streamHeaders))
        }
        return .stream(headers: streamHeaders, prelude: StreamRetry().line)
    }

    /// Keeps proxies from holding events back, and everybody from keeping them.
    private static let streamHeaders = [
        (name: "Cache-Control", value: "private, no-cache, no-store, no-transform, must-revalidate, max-age=0"),
        (name: "X-Accel-Buffering", value: "no"),
    ]
}
