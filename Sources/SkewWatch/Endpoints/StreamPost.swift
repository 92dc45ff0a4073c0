internal import SkewCluster
internal import SkewProtocol
internal import WebSocketLoop

/// What a POST asks for a stream: it may have come in on another loop than the stream's, or on another node.
struct StreamPost: Sendable, Equatable {
    enum Order: Sendable, Equatable {
        /// It shows another route.
        case route(String)
        /// It would like to watch, and shows this.
        case subscription(token: String?, mode: StatisticsMode, head: HandshakeHead?)
        /// It stands for these tabs beside its own.
        case tabs([CompanionTabs.Tab])
    }

    /// The stream's, as the POST said it.
    var handle: String
    var order: Order

    init(handle: String, _ order: Order) {
        (self.handle, self.order) = (handle, order)
    }

    // MARK: Between nodes

    /// Reads what ``encoded`` wrote, on another node.
    init?(_ bytes: [UInt8]) {
        guard let object = JSONValue(bytes.span), let handle = object["handle"]?.text else { return nil }
        self.handle = handle
        if let route = object["route"]?.text {
            guard let route = CleanText.route(route) else { return nil }
            order = .route(route)
        } else if case .array(let list)? = object["tabs"] {
            order = .tabs(list.prefix(CompanionTabs.limit).compactMap { CompanionTabs.Tab($0) })
        } else if let mode = object["mode"]?.text.flatMap({ StatisticsMode(rawValue: $0) }) {
            let head = HandshakeHead(
                cookie: object["cookie"]?.text, authorization: object["authorization"]?.text, origin: object["origin"]?.text,
                userAgent: object["userAgent"]?.text)
            order = .subscription(token: object["token"]?.text, mode: mode, head: head)
        } else {
            return nil
        }
    }

    var encoded: [UInt8] {
        var members = ["handle": handle]
        switch order {
        case .tabs(let tabs):
            return JSONValue.object(["handle": .string(handle), "tabs": .array(tabs.map(\.encoded))]).encoded
        case .route(let route): members["route"] = route
        case .subscription(let token, let mode, let head):
            members["mode"] = mode.rawValue
            members["token"] = token
            members["cookie"] = head?.cookie
            members["authorization"] = head?.authorization
            members["origin"] = head?.origin
            members["userAgent"] = head?.userAgent
        }
        return JSONValue.object(members.mapValues { .string($0) }).encoded
    }
}
