internal import HTTPCall

/// Everything that can authorize, in the order it is tried; made from the settings, and made anew when secrets change.
struct Authorizers: Sendable {
    var statsToken: StatsToken
    /// Those that only compute: never kept waiting by a slow app.
    var computing: [any Authorizer] = []
    /// Those that ask somebody.
    var asking: [any Authorizer] = []

    var isEmpty: Bool { statsToken.secret == nil && computing.isEmpty && asking.isEmpty }

    init(statsToken: StatsToken, computing: [any Authorizer] = [], asking: [any Authorizer] = []) {
        self.statsToken = statsToken
        self.computing = computing
        self.asking = asking
    }

    init(_ configuration: Configuration, hooks: ServerHooks, caller: HTTPCaller, audit: AuditLog) {
        statsToken = StatsToken(secret: configuration.statsToken)
        if let url = configuration.authorizeURL {
            asking.append(
                AuthorizeURL(url: url, audit: audit) { request throws(HTTPFault) in try await caller.call(request) })
        }
        if let hook = hooks.authorizeStats { asking.append(HookAuthorizer(hook: hook)) }
    }
}

/// Which parts of a handshake some authorizer may want to see later. Nothing else is kept of a connection.
struct KeptHead: Sendable, Equatable {
    var authorization = false
    /// The name of the cookie without which cookies are not kept.
    var cookie: String?
    /// All four parts.
    var everything = false

    init(_ configuration: Configuration, hooks: ServerHooks) {
        authorization = configuration.statsToken != nil || configuration.jwtSecret != nil || configuration.jwtJWKS != nil
        cookie = configuration.jwtCookie
        everything = configuration.authorizeURL != nil || hooks.authorizeStats != nil
    }
}
