internal import HTTPCall

/// Everything that can authorize, in the order it is tried; made from the settings, and made anew when secrets change.
struct Authorizers: Sendable {
    /// Compared at once, before anybody is asked.
    var tokens: AccessTokens
    /// Goes from one set of authorizers to the next.
    private(set) var revoked = RevokedTokens()
    /// Those that only compute: never kept waiting by a slow app.
    var computing: [any Authorizer] = []
    /// Those that ask somebody.
    var asking: [any Authorizer] = []

    var isEmpty: Bool { tokens.stats.isEmpty && computing.isEmpty && asking.isEmpty }

    init(tokens: AccessTokens, computing: [any Authorizer] = [], asking: [any Authorizer] = []) {
        self.tokens = tokens
        self.computing = computing
        self.asking = asking
    }

    var all: [any Authorizer] { computing + asking }

    private var keySource: KeySource? {
        for case let tokens as WebTokens in computing { if case .source(let source) = tokens.keys { return source } }
        return nil
    }

    /// - Parameter previous: those that these follow; public keys from the same place stay good until that has been read again.
    init(
        _ configuration: Configuration, hooks: ServerHooks, caller: HTTPCaller, audit: AuditLog, calls: AppCalls,
        after previous: Authorizers? = nil
    ) {
        tokens = AccessTokens(stats: configuration.statsTokens, admin: configuration.adminTokens)
        let known = previous?.keySource
        if let previous { revoked = previous.revoked }
        let tokens = WebTokens(configuration, revoked: revoked) { place in
            if let known, known.place == place { return known }
            return KeySource(place: place, audit: audit, caller: caller)
        }
        if let tokens { computing = [tokens] }
        if let url = configuration.authorizeURL {
            asking.append(
                AuthorizeURL(url: url, audit: audit, calls: calls) { request throws(HTTPFault) in try await caller.call(request) })
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
