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
        var fault = TokenFault.malformed
        for text in candidates(in: request.credentials) {
            do throws(TokenFault) {
                return .granted(try await grant(for: text))
            } catch {
                fault = error
            }
        }
        return fault == .noKeys ? .undecided(fault.rawValue) : .denied(fault.rawValue)
    }

    private func grant(for text: String) async throws(TokenFault) -> Grant {
        let token = try WebToken(text)
        try await keys(for: token).check(token)
        let (wall, monotonic) = clock()
        let content = try rules.check(token.claims, now: wall)
        let digest = SHA256Digest(of: text.utf8)
        guard !revoked.contains(digest, now: monotonic) else { throw .revoked }
        // A date in the far future must not overflow.
        let left = Duration.seconds(min(content.secondsLeft, 1e9))
        return Grant(authorizer: name, scope: .ips, expires: monotonic + left, who: content.subject, token: digest)
    }

    private func keys(for token: WebToken) async throws(TokenFault) -> TokenKeys {
        switch keys {
        case .secret(let keys): return keys
        case .source(let source):
            guard let keys = await source.keys(for: token) else { throw .noKeys }
            return keys
        }
    }

    /// What could be a token, the message's first: it was chosen for this.
    private func candidates(in credentials: Credentials) -> [String] {
        var texts: [String] = []
        if let token = credentials.token { texts.append(token) }
        if let header = credentials.head.authorization, let bearer = StatsToken.bearer(Array(header.utf8)[...]) {
            texts.append(String(decoding: bearer, as: UTF8.self))
        }
        if let cookie, let header = credentials.head.cookie {
            let bytes = Array(header.utf8)
            if let value = CookieHeader.firstValue(of: cookie, in: bytes.span) { texts.append(String(decoding: value, as: UTF8.self)) }
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
