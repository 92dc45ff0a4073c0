internal import Cryptography
internal import SkewProtocol

/// Lets in who shows a signed token (JWT): in `subscribe-stats`, in the `Authorization` header, or in a cookie.
struct WebTokens: Authorizer {
    /// Where the keys come from.
    enum Keys: Sendable {
        case secret(TokenKeys)
        case source(KeySource)
    }

    let name = AuthorizerName.jwt
    let keys: Keys
    let rules: TokenRules
    /// The name of the cookie that carries a token.
    let cookie: String?
    let revoked: RevokedTokens
    /// Seconds since 1970, and the monotonic time of the same moment.
    var clock: @Sendable () -> (wall: Double, monotonic: Duration) = {
        (Double(MonotonicTime.wallClockMilliseconds) / 1000, MonotonicTime.now)
    }

    func concerns(_ credentials: Credentials) -> Bool { !candidates(in: credentials).isEmpty }

    func judge(_ request: StatsRequest) async -> Decision {
        await decide(request) { source, token in await source.keys(for: token).map { .keys($0) } ?? .unavailable } ?? .undecided("")
    }

    func decideAtHand(_ request: StatsRequest) async -> Decision? {
        await decide(request) { source, token in await source.keysAtHand(for: token) }
    }

    /// Tries each token that is shown.
    /// - Returns: nil where one is left whose key has to be read first.
    private func decide(
        _ request: StatsRequest, _ find: (KeySource, WebToken) async -> KeySource.AtHand
    ) async -> Decision? {
        var fault = TokenFault.malformed
        var (mustRead, isUnavailable) = (false, false)
        for text in candidates(in: request.credentials) {
            do throws(TokenFault) {
                let token = try WebToken(text)
                switch keys {
                case .secret(let keys): return .granted(try grant(for: token, text, keys))
                case .source(let source):
                    switch await find(source, token) {
                    case .keys(let keys): return .granted(try grant(for: token, text, keys))
                    case .mustBeRead: mustRead = true
                    case .unavailable: isUnavailable = true
                    }
                }
            } catch {
                fault = error
            }
        }
        if mustRead { return nil }
        return isUnavailable ? .undecided("its keys cannot be read") : .denied(fault.rawValue)
    }

    private func grant(for token: WebToken, _ text: String, _ keys: TokenKeys) throws(TokenFault) -> Grant {
        try keys.check(token)
        let (wall, monotonic) = clock()
        let content = try rules.check(token.claims, now: wall)
        let digest = SHA256Digest(of: text.utf8)
        guard !revoked.contains(digest, now: monotonic) else { throw .revoked }
        // A date in the far future must not overflow.
        let left = Duration.seconds(min(content.secondsLeft, 1e9))
        return Grant(authorizer: name, scope: content.scope, expires: monotonic + left, who: content.subject, token: digest)
    }

    /// What a claim of the first good token says that a handshake shows, however little the token lets see.
    /// - Returns: nil where it shows none, or none that has the claim.
    func claim(_ path: String, in head: HandshakeHead) async -> JSONValue? {
        for text in candidates(in: Credentials(head: head, token: nil)) {
            guard let token = try? WebToken(text) else { continue }
            let known: TokenKeys?
            switch keys {
            case .secret(let secret): known = secret
            case .source(let source): known = await source.keys(for: token)
            }
            guard let known, (try? known.check(token)) != nil, !revoked.contains(SHA256Digest(of: text.utf8), now: clock().monotonic),
                let value = try? TokenRules.value(of: path, in: token.claims, now: clock().wall)
            else { continue }
            return value
        }
        return nil
    }

    /// What could be a token, the message's first: it was chosen for this.
    private func candidates(in credentials: Credentials) -> [String] {
        var texts: [String] = []
        if let token = credentials.token { texts.append(token) }
        if let header = credentials.head.authorization, let bearer = AccessTokens.bearer(Array(header.utf8)[...]) {
            texts.append(String(decoding: bearer, as: UTF8.self))
        }
        if let cookie, let header = credentials.head.cookie {
            let bytes = Array(header.utf8)
            texts += CookieHeader.values(of: cookie, in: bytes.span).map { String(decoding: $0, as: UTF8.self) }
        }
        return texts.filter { WebToken.looksLikeOne($0) }
    }
}

extension WebTokens {
    /// Reads the keys, where they come from somewhere.
    func prepare() async -> Bool {
        guard case .source(let source) = keys else { return false }
        await source.load()
        return true
    }

    /// nil where no JWT is configured.
    init?(_ configuration: Configuration, revoked: RevokedTokens, source: (String) -> KeySource) {
        if let secret = configuration.jwtSecret {
            keys = .secret(.secret(AuthenticationCode(secret: Array(secret.exposed.utf8))))
        } else if let place = configuration.jwtJWKS {
            keys = .source(source(place))
        } else {
            return nil
        }
        rules = TokenRules(required: configuration.jwtRequire)
        cookie = configuration.jwtCookie
        self.revoked = revoked
    }
}
