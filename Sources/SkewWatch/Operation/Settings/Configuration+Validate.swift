extension Configuration {
    /// Checks what no setting can tell alone: whether they go together.
    public func validate() throws(ConfigurationError) {
        try validateListening()
        try validateTracking()
        try validateAuthorization()
        try validateTimes()
    }

    private func validateListening() throws(ConfigurationError) {
        if (tlsCertificate == nil) != (tlsKey == nil) {
            let (given, missing) = tlsKey == nil ? ("--tls-cert", "--tls-key") : ("--tls-key", "--tls-cert")
            throw .contradiction("\(given) needs \(missing).")
        }
        if let internalPort, internalPort == port, port != 0, addressesOverlap {
            throw .contradiction("--port and --internal-port must differ, both are \(port).")
        }
    }

    private var addressesOverlap: Bool {
        guard let outer = NetworkAddress(host), let inner = NetworkAddress(internalHost) else { return host == internalHost }
        return outer == inner || outer.isWildcard || inner.isWildcard
    }

    private func validateTracking() throws(ConfigurationError) {
        guard !connectionTracking else { return }
        if routeTracking { throw .contradiction("--route-tracking needs --connection-tracking, which is off.") }
        if ipTracking { throw .contradiction("--ip-tracking needs --connection-tracking, which is off.") }
    }

    private func validateAuthorization() throws(ConfigurationError) {
        // A public key must never be taken for the secret of an HMAC.
        if jwtSecret != nil && jwtJWKS != nil { throw .givenTwice(.flag("--jwt-secret"), .flag("--jwt-jwks")) }
        guard jwtSecret == nil && jwtJWKS == nil else { return }
        if !jwtRequire.isEmpty { throw .contradiction("--jwt-require needs --jwt-secret or --jwt-jwks.") }
        if jwtCookie != nil { throw .contradiction("--jwt-cookie needs --jwt-secret or --jwt-jwks.") }
    }

    private func validateTimes() throws(ConfigurationError) {
        if maxWait < debounce {
            throw .contradiction("--max-wait (\(maxWait.settingText)) must not be shorter than --debounce (\(debounce.settingText)).")
        }
        if pongTimeout > pingInterval {
            throw .contradiction(
                "--pong-timeout (\(pongTimeout.settingText)) must not be longer than --ping-interval (\(pingInterval.settingText)).")
        }
    }

    /// Sentences about settings that work and are not safe.
    var warnings: [String] {
        var warnings: [String] = []
        if internalPort != nil, NetworkAddress(internalHost)?.isLoopback != true {
            warnings.append("--internal-host \(internalHost) lets other machines see the metrics; keep that port behind a firewall.")
        }
        if allowedOrigins.contains("*") {
            warnings.append("--allowed-origins * lets the pages of any site connect with their visitors' cookies.")
        }
        if let statsToken, statsToken == adminToken {
            warnings.append("--stats-token and --admin-token are the same, so whoever sees statistics can also write.")
        }
        if let jwtSecret, jwtSecret.exposed.utf8.count < 32 {
            warnings.append("--jwt-secret has fewer than 32 bytes: whoever has seen a token can try to guess it.")
        }
        if let jwtJWKS, jwtJWKS.lowercased().hasPrefix("http://") {
            warnings.append("--jwt-jwks is read without TLS: whoever can change it on its way can sign tokens.")
        }
        return warnings
    }
}
