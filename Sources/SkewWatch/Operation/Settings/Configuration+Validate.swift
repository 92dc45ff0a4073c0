extension Configuration {
    /// Checks every value, whoever set it, and whether they go together. ``SkewWatchServer/run()`` does so first.
    ///
    /// Touches no file; any thread.
    public func validate() throws(ConfigurationError) {
        try validateValues()
        try validateListening()
        try validateTracking()
        try validateAuthorization()
        try validateTimes()
    }

    private func validateValues() throws(ConfigurationError) {
        for setting in SettingsTable.all {
            guard setting.isAllowed(self) else {
                let text = setting.hidesText ? nil : setting.show(self)
                throw .wrongValue(source(of: setting.name), expectation: setting.expectation, text: text)
            }
            if setting.pending == .refused, setting.show(self) != setting.show(Configuration()) {
                throw .notAvailable(source(of: setting.name))
            }
        }
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
}
