extension Configuration {
    /// Checks every value, whoever set it, and whether they go together. ``SkewWatchServer/run()`` does so first.
    ///
    /// Touches no file; any thread.
    package func validate() throws(ConfigurationError) {
        try validateValues()
        try validateListening()
        try validateTracking()
        try validateAuthorization()
        try validateTimes()
        try validateCluster()
        if webhookSecret != nil, webhookURL == nil { throw .contradiction("--webhook-secret needs --webhook-url.") }
    }

    /// Who gives a secret and no Redis believes to be in a cluster.
    private func validateCluster() throws(ConfigurationError) {
        guard redisURL == nil else { return }
        let given = [("--cluster-secret", clusterSecret != nil), ("--redis-ca", redisCA != nil), ("--cluster-size", clusterSize != nil)]
        for (flag, isGiven) in given where isGiven { throw .contradiction("\(flag) needs --redis-url.") }
    }

    private func validateValues() throws(ConfigurationError) {
        for setting in SettingsTable.all {
            guard setting.isAllowed(self) else {
                let text = setting.hidesText ? nil : setting.show(self)
                throw .wrongValue(source(of: setting.name), expectation: setting.expectation, text: text)
            }
        }
    }

    private func validateListening() throws(ConfigurationError) {
        if (tlsCertificate == nil) != (tlsKey == nil) {
            let (given, missing) = tlsKey == nil ? ("--tls-cert", "--tls-key") : ("--tls-key", "--tls-cert")
            throw .contradiction("\(given) needs \(missing).")
        }
        if proxyProtocol, trustedProxies.isEmpty {
            throw .contradiction("--proxy-protocol needs --trusted-proxies: nobody else may say for whom a connection is.")
        }
        if port == nil, unixSocket == nil {
            throw .contradiction("--port -1 needs --listen: else nobody could connect.")
        }
        let listening =
            (port.map { [("--port", host, $0)] } ?? []) + (internalPort.map { [("--internal-port", internalHost, $0)] } ?? [])
            + (adminPort.map { [("--admin-port", adminHost, $0)] } ?? [])
        for (index, one) in listening.enumerated() {
            for other in listening[..<index] where one.2 == other.2 && one.2 != 0 && Self.overlap(one.1, other.1) {
                throw .contradiction("\(other.0) and \(one.0) must differ, both are \(one.2).")
            }
        }
    }

    /// Whether two sockets could not listen on the same port of these addresses.
    private static func overlap(_ left: String, _ right: String) -> Bool {
        guard let one = NetworkAddress(left), let other = NetworkAddress(right) else { return left == right }
        return one == other || one.isWildcard || other.isWildcard
    }

    private func validateTracking() throws(ConfigurationError) {
        if tagHeader != nil, trustedProxies.isEmpty {
            throw .contradiction("--tag-header needs --trusted-proxies: anybody else could write it.")
        }
        if tagClaim != nil, jwtSecret == nil, jwtJWKS == nil { throw .contradiction("--tag-claim needs --jwt-secret or --jwt-jwks.") }
        if tagAnswer, authorizeURL == nil { throw .contradiction("--tag-answer needs --authorize-url.") }
        guard !connectionTracking else { return }
        if routeTracking { throw .contradiction("--route-tracking needs --connection-tracking, which is off.") }
        if ipTracking { throw .contradiction("--ip-tracking needs --connection-tracking, which is off.") }
        if tracksTags { throw .contradiction("--tag-claim, --tag-header and --tag-answer need --connection-tracking, which is off.") }
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
}
