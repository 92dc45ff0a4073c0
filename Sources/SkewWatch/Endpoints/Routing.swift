internal import WebSocketLoop

/// Where a request goes before anything is done for it: a pure rule.
enum Routing: Sendable {
    /// With who was let in, at an endpoint of operators.
    case endpoint(Endpoint, Caller?)
    /// To this one, if the authorizers let it in.
    case undecided(Endpoint)
    case asset(Asset)
    /// An `OPTIONS`, with the methods that are allowed.
    case options(allow: String)
    /// Another spelling of a path, which is told the right one, relative to what was asked for.
    case redirect(to: String)
    /// Nowhere. The endpoint is the one that was meant, where there is one.
    case refused(Refusal, Endpoint?)

    /// Who asks is told as far as the rule needs to know it, and only when it does where that costs something.
    /// - Parameters:
    ///   - servesOperators: whether their endpoints are here; where not, there is nothing at their paths.
    ///   - page: where the page behind the request comes from.
    ///   - isAddressUsedUp: whether its address has all the connections that one may have.
    ///   - access: whether it may use an endpoint of operators; nil where the authorizers have to be asked.
    static func of(
        _ request: Request, basePath: String, servesOperators: Bool = true, page: CrossOrigin,
        isAddressUsedUp: @autoclosure () -> Bool = false, access: (AccessNeed) -> AccessDecision? = { _ in .missing }
    ) -> Routing {
        let endpoints = Endpoints.at(path: request.path, basePath: basePath)
        guard let first = endpoints.first, servesOperators || !first.isOperators else { return ofFile(request, basePath: basePath) }
        if request.method == .options {
            return page == .refused ? .refused(.foreignOrigin, first) : .options(allow: Endpoints.allow(endpoints))
        }
        guard let endpoint = endpoints.first(where: { $0.takes(request.method) }) else {
            return .refused(.method(allow: Endpoints.allow(endpoints)), first)
        }
        if endpoint.access != .open, page == .refused { return .refused(.foreignOrigin, endpoint) }
        if endpoint.access == .newConnection, isAddressUsedUp() { return .refused(.addressLimit, endpoint) }
        var reader: Caller?
        if let need = endpoint.access.need {
            guard let decision = access(need) else { return .undecided(endpoint) }
            guard case .granted(let caller) = decision else { return .refused(Refusal(decision, at: endpoint), endpoint) }
            reader = caller
        }
        switch endpoint.handler {
        case .takeJSON, .takeJSONLater: if !request.hasJSONBody { return .refused(.notJSON, endpoint) }
        case .answer: break
        }
        return .endpoint(endpoint, reader)
    }

    /// Files, and the ways to the dashboard that people type.
    private static func ofFile(_ request: Request, basePath: String) -> Routing {
        let asset = Asset.at(path: request.path, basePath: basePath)
        let target = asset == nil ? dashboard(from: request.path, basePath: basePath) : nil
        guard asset != nil || target != nil else { return .refused(.nothingHere, nil) }
        switch request.method {
        case .get, .head: break
        case .options: return .options(allow: "GET, HEAD, OPTIONS")
        default: return .refused(.method(allow: "GET, HEAD, OPTIONS"), nil)
        }
        if let asset { return .asset(asset) }
        return .redirect(to: target!)
    }

    /// The dashboard, relative to a path that stands for it: so it is right behind a proxy that cuts a part off, too.
    private static func dashboard(from path: [UInt8], basePath: String) -> String? {
        if path.elementsEqual((basePath + "/").utf8) { return "dashboard" }
        // Whoever types the server's address alone: behind a proxy that is the app's.
        if path.elementsEqual("/".utf8) { return basePath.dropFirst() + "/dashboard" }
        if path.elementsEqual((basePath + "/dashboard/").utf8) { return "../dashboard" }
        guard !basePath.isEmpty, path.elementsEqual(basePath.utf8), let last = basePath.split(separator: "/").last else { return nil }
        return "\(last)/dashboard"
    }
}
