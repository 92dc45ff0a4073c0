extension Configuration {
    /// Behind a proxy an idle connection lives for a minute by default (nginx, HAProxy's examples, most load balancers).
    private static let longestIdleTime = Duration.seconds(55)

    /// What works and may be meant otherwise, or opens something up: one sentence each, with the setting's name and never a secret.
    ///
    /// `skewwatch check` prints them, and ``SkewWatchServer/run()`` logs them at the start. Those about files are there once a file was
    /// looked at, which both do first.
    public var warnings: [String] {
        warningsOfReading + warningsOfOpenness + hintsOfSpelling + warningsOfSecrets + warningsOfTransport + warningsOfTimes
            + warningsOfFiles
    }

    private var warningsOfOpenness: [String] {
        var warnings: [String] = []
        if allowedOrigins.contains("*") {
            warnings.append("--allowed-origins * lets the pages of any site connect with their visitors' cookies.")
        }
        for range in trustedProxies where range.description.hasSuffix("/0") {
            warnings.append("--trusted-proxies \(range) believes what anybody says about addresses and hosts.")
        }
        if internalPort != nil, NetworkAddress(internalHost)?.isLoopback == false {
            warnings.append("--internal-host \(internalHost) lets other machines see the metrics; keep that port behind a firewall.")
        }
        if let unixSocket, !trustedProxies.contains(.unix) {
            warnings.append(
                "--listen unix:\(unixSocket) without unix: in --trusted-proxies makes all clients of the proxy there one, with no address.")
        }
        if redisURL != nil, clusterSecret == nil {
            warnings.append("--redis-url without --cluster-secret lets whoever may publish in that Redis announce releases to every tab.")
        }
        if tracksTags { warnings.append("Whose tabs are is kept (--tag-claim, --tag-header, --tag-answer) and shown to who may see it.") }
        if ipTracking { warnings.append("--ip-tracking keeps the addresses of clients and shows them to who may see them.") }
        return warnings
    }

    /// Browsers send hosts in ASCII, whatever their address bar shows.
    private var hintsOfSpelling: [String] {
        allowedOrigins.compactMap { origin in
            OriginPattern.asciiForm(ofOther: origin).map {
                "--allowed-origins \(origin) is what browsers send as \($0), and that is what is compared."
            }
        }
    }

    private var warningsOfSecrets: [String] {
        var warnings: [String] = []
        let tokens = statsTokens.map { ("stats-token", $0) } + adminTokens.map { ("admin-token", $0) }
        for (name, secret) in tokens + (jwtSecret.map { [("jwt-secret", $0)] } ?? []) {
            let text = secret.exposed
            guard text.count > 1, let first = text.first, first == text.last, "\"'".contains(first) else {
                continue
            }
            warnings.append("\(source(of: name)) has quotes around it, which are taken as a part of it.")
        }
        for (name, secret) in tokens + (clusterSecret.map { [("cluster-secret", $0)] } ?? []) where !secret.isLong {
            warnings.append("\(source(of: name)) has fewer than \(Secret.longEnough) characters, so it can be guessed.")
        }
        if statsTokens.contains(where: { adminTokens.contains($0) }) {
            warnings.append("--stats-token and --admin-token are the same, so whoever sees statistics can also write.")
        }
        if let jwtSecret, jwtSecret.exposed.utf8.count < 32 {
            warnings.append("--jwt-secret has fewer than 32 bytes: whoever has seen a token can try to guess it.")
        }
        return warnings
    }

    private var warningsOfTransport: [String] {
        var warnings: [String] = []
        if let jwtJWKS, jwtJWKS.lowercased().hasPrefix("http://") {
            warnings.append("--jwt-jwks is read without TLS: whoever can change it on its way can sign tokens.")
        }
        if let authorizeURL, authorizeURL.lowercased().hasPrefix("http://") {
            warnings.append("--authorize-url is asked without TLS: cookies and tokens go to your app unencrypted.")
        }
        if let webhookURL, webhookURL.exposed.lowercased().hasPrefix("http://"), !WebhookReceiver.isLoopback(webhookURL.exposed) {
            warnings.append("--webhook-url is told without TLS: others on the way can read along.")
        }
        if webhookURL != nil, webhookSecret == nil {
            warnings.append("--webhook-url without --webhook-secret sends unsigned: its receiver cannot know who it was.")
        }
        return warnings
    }

    private var warningsOfTimes: [String] {
        guard pingInterval > Self.longestIdleTime else { return [] }
        return [
            "--ping-interval \(pingInterval.settingText) is longer than most proxies keep a quiet connection, which is a minute; they will cut it."
        ]
    }
}
