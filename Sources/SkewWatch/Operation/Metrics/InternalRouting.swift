internal import WebSocketLoop

/// What a request at the internal port is for: a pure rule.
enum InternalRouting: Equatable {
    case live, ready, metrics
    case answer(HTTPResponse)

    /// - Parameters:
    ///   - host: the `Host` header.
    ///   - names: by which the port may be asked for, in lower case.
    static func of(method: RequestHead.Method?, path: [UInt8], host: [UInt8]?, names: Set<String>) -> InternalRouting {
        guard isOwn(host, names) else {
            return .answer(.error(403, "this host is not one of --internal-names, an address or localhost"))
        }
        let route: InternalRouting
        switch String(decoding: path, as: UTF8.self) {
        case "/live": route = .live
        case "/ready": route = .ready
        case "/metrics": route = .metrics
        default: return .answer(.notFound)
        }
        switch method {
        case .get, .head: return route
        case .options: return .answer(HTTPResponse(status: 204, headers: [("Allow", allow)]))
        default: return .answer(.error(405, "this method is not for this endpoint", headers: [("Allow", allow)]))
        }
    }

    private static let allow = "GET, HEAD, OPTIONS"

    /// Whether the port is asked for by an address, `localhost` or one of its names. A page that its own name led here (DNS rebinding)
    /// says that name. Without the header it is no browser.
    private static func isOwn(_ host: [UInt8]?, _ names: Set<String>) -> Bool {
        guard let host else { return true }
        guard let own = HostAndPort(String(decoding: host, as: UTF8.self)) else { return false }
        return own.host == "localhost" || own.address != nil || names.contains(own.host)
    }
}
