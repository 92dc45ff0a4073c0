internal import SkewProtocol
internal import WebSocketLoop

/// What a tracker goes by; the same for all loops of a server.
struct TrackerSettings: Sendable {
    var basePath: String
    /// The path that nearly all ask for.
    var webSocketPath: [UInt8]
    var connectionTracking: Bool
    var routeTracking: Bool
    var ipTracking: Bool
    var excludeBots: Bool
    var cookieName: String
    /// How routes are named.
    var routes: RouteNames
    var trustedProxies: [AddressRange]
    /// The header by which a trusted proxy says whose a tab is, in lower case; nil where none does.
    var tagHeader: [UInt8]?
    /// Reads it out of JWTs; nil where nobody wants that.
    var tagReader: TagReader?
    /// Whether what the app answers says so.
    var takesTagsOfAnswers = false
    /// Origins of pages that may show the dashboard in a frame.
    var frameAncestors: [String] = []
    /// What new settings can change while the loops run.
    var live: LiveSettings
    var limits: StatisticsLimits
    var loop: LoopOptions
    var hooks: ServerHooks
    /// Whether there are other nodes, which are to hear of tabs that come and go.
    var isClustered = false

    var keptHead: KeptHead { live.keptHead }
    var origins: OriginPolicy { live.origins }

    /// Whether the headers of proxies matter to anything: wrong tokens count for the client's address, at least.
    var asksProxies: Bool { !trustedProxies.isEmpty }
    /// Whether the operators' endpoints are served here: not where they have a port of their own.
    var servesOperators = true
}

extension TrackerSettings {
    /// - Parameter loops: how many loops share what is limited for all of them.
    init(_ configuration: Configuration, loops: Int, live: LiveSettings, hooks: ServerHooks) {
        self.init(
            basePath: configuration.basePath, webSocketPath: Array((configuration.basePath + Endpoint.webSocket.path).utf8),
            connectionTracking: configuration.connectionTracking, routeTracking: configuration.routeTracking,
            ipTracking: configuration.ipTracking, excludeBots: configuration.excludeBots, cookieName: configuration.versionCookie,
            routes: RouteNames(configuration.routePatterns.compactMap { RoutePattern($0) }),
            trustedProxies: configuration.trustedProxies, tagHeader: configuration.tagHeader.map { Array($0.utf8) },
            takesTagsOfAnswers: configuration.tagAnswer, frameAncestors: configuration.frameAncestors, live: live,
            limits: StatisticsLimits(configuration),
            loop: LoopOptions(configuration, loops: loops), hooks: hooks,
            servesOperators: configuration.adminPort == nil)
    }
}
