internal import Logging

/// All settings, once: flags, environment, file, validation, help and the page of settings come from here.
package enum SettingsTable {
    /// The rows, in the order that help shows them.
    static let all: [Setting] = listening + connections + authorization + broadcasting + limits + cluster + operation

    private static let listening: [Setting] = [
        Setting(
            "host", \.host, .host, .listening, shownDefault: ":: where there is IPv6, else 0.0.0.0",
            "Address that clients connect to; :: takes IPv4 as well."),
        Setting(
            "port", \.port, ValueForm.port.or("-1"), .listening,
            "Port that clients connect to; 0 takes any free one and prints it, -1 listens on no port, but at --listen alone."),
        Setting(
            "listen", \.unixSocket, ValueForm.unixSocket.orNothing(), .listening,
            "Unix socket that a proxy of this machine connects to, besides the port; name unix: in --trusted-proxies to believe what it says."
        ),
        Setting(
            "listen-mode", \.unixSocketMode, .fileMode, .listening,
            "Who may connect to --listen, as of chmod: the user and the group of the server, unless set."),
        Setting(
            "internal-host", \.internalHost, .host, .listening,
            "Address of /metrics, /live and /ready."),
        Setting(
            "internal-port", \.internalPort, ValueForm.port.or("-1"), .listening,
            "Port of /metrics, /live and /ready; -1 switches them off."),
        Setting(
            "internal-names", \.internalNames, ValueForm.hostName.list(of: "host names"), .listening,
            "Names in the Host header by which /metrics, /live and /ready may be asked for, besides addresses and localhost."),
        Setting(
            "admin-host", \.adminHost, .host, .listening, "Address of the admin endpoints, where --admin-port gives them one of their own."),
        Setting(
            "admin-port", \.adminPort, ValueForm.port.orNothing(shownAs: "the public one"), .listening,
            "Port of the admin endpoints, which the public one does not serve then; 0 takes any free one and prints it."),
        Setting(
            "takeover", \.takeover, .boolean, .listening,
            "Starts beside a server that still listens on the same ports, for a restart without a gap."),
        Setting(
            "proxy-protocol", \.proxyProtocol, .boolean, .listening,
            "Each connection begins with a header of the PROXY protocol, v1 or v2, of a proxy in --trusted-proxies; others are refused."),
        Setting("base-path", \.basePath, .basePath, .listening, "Path in front of every public endpoint."),
        Setting(
            "loops", \.loops, ValueForm.integer(1...64).orNothing(), .listening, shownDefault: "number of cores",
            "Event loops, each on its own thread."),
        Setting(
            "tls-cert", \.tlsCertificate, ValueForm.file.orNothing(), .listening,
            "Certificate chain in PEM; needs --tls-key."),
        Setting("tls-key", \.tlsKey, ValueForm.file.orNothing(), .listening, "Private key in PEM; needs --tls-cert."),
    ]

    private static let connections: [Setting] = [
        Setting(
            "release", \.release, ValueForm.line(maxBytes: 128, as: "version").orNothing(), .connections,
            "Version of the app that is out now, for clients that send none."),
        Setting(
            "release-url", \.releaseURL, ValueForm.httpURL.orNothing(), .connections,
            "JSON of your app with the release as id or version, such as Nuxt's latest.json: asked every 5 s, a new one is announced."),
        Setting("connection-tracking", \.connectionTracking, .boolean, .connections, "Keeps connections in memory and reports them."),
        Setting("route-tracking", \.routeTracking, .boolean, .connections, "Keeps routes in memory and reports them."),
        Setting("ip-tracking", \.ipTracking, .boolean, .connections, "Keeps addresses of clients in memory and reports them."),
        Setting("exclude-bots", \.excludeBots, .boolean, .connections, "Serves crawlers without counting them."),
        Setting(
            "route-pattern", \.routePatterns, ValueForm.routePattern.list(of: "patterns such as /users/*, /p/:id"), .connections,
            "Routes that count as one, by the first pattern that fits; a * at the end takes all that follows."),
        Setting(
            "preview-versions", \.previewVersions, ValueForm.versionPattern.list(of: "versions, or beginnings and a *"), .connections,
            "Versions that are never old, such as preview-*; they are out of the dashboard's count and share."),
        Setting(
            "cookie-name", \.cookieName, ValueForm.cookieName.orNothing(shownAs: "__nkpv; __nkpv_pro under /pro/__skew"), .connections,
            "Cookie that carries the version of the app."),
        Setting(
            "tag-claim", \.tagClaim, ValueForm.line(maxBytes: 128, as: "claim").orNothing(), .connections,
            "Claim of a JWT in a tab's handshake that says whose the tab is, by name or path: kept, and shown from scope tags on."),
        Setting(
            "tag-header", \.tagHeader, ValueForm.headerName.orNothing(), .connections,
            "Header by which a proxy in --trusted-proxies says whose a tab is."),
        Setting(
            "tag-answer", \.tagAnswer, .boolean, .connections,
            "Lets the app behind --authorize-url say whose the tab is of somebody who asks to watch, as tag in its answer."),
        Setting(
            "trusted-proxies", \.trustedProxies, ValueForm.addresses.list(of: "addresses and CIDRs, and unix: for --listen"), .connections,
            "Proxies whose word about a client's address and host is believed; unix: stands for who connects to --listen."),
    ]

    private static let authorization: [Setting] = [
        Setting(
            "stats-token", \.statsTokens, .tokens(shownWhenEmpty: "none: stats are denied to everybody"), .authorization,
            "Lets its bearer see statistics. Several, comma separated or one a line of the file, let one take another's place."),
        Setting(
            "admin-token", \.adminTokens, .tokens(shownWhenEmpty: "none: what writes answers 503"), .authorization,
            "Lets its bearer use the admin endpoints. Several, as of --stats-token."),
        Setting(
            "authorize-url", \.authorizeURL, ValueForm.httpURL.orNothing(), .authorization,
            "Endpoint of your app that is asked, by POST, who may see statistics."),
        Setting(
            "jwt-secret", \.jwtSecret, ValueForm.secret.orNothing(), .authorization,
            "Key of JWTs signed with HMAC (HS256, HS384, HS512): who has one may see statistics until its exp."),
        Setting(
            "jwt-jwks", \.jwtJWKS, ValueForm.fileOrURL.orNothing(), .authorization,
            "Public keys of JWTs (RS, PS and ES with 256, 384 or 512, and EdDSA), as a JSON Web Key Set."),
        Setting(
            "jwt-require", \.jwtRequire, ValueForm.claim.list(of: "claims such as role=admin"), .authorization,
            "Claims that a JWT must have, all of them, by name or path (realm_access.roles=admin); one with an aud is refused unless that is required here."
        ),
        Setting(
            "jwt-cookie", \.jwtCookie, ValueForm.cookieName.orNothing(), .authorization, "Cookie that carries a JWT."),
        Setting(
            "ca-file", \.caFile, ValueForm.file.orNothing(), .authorization,
            "Certificate authorities in PEM that are trusted besides the system's when your app or a key set is asked."),
        Setting(
            "allowed-origins", \.allowedOrigins,
            ValueForm.origin.list(of: "origins such as https://*.example.com, or *", shownWhenEmpty: "the request's own host"),
            .authorization, "Origins of browsers that may connect, besides the server's own; * for all."),
        Setting(
            "frame-ancestors", \.frameAncestors, ValueForm.frameOrigin.list(of: "origins such as https://grafana.example.com"),
            .authorization, "Origins of pages that may show the dashboard in a frame."),
    ]

    private static let broadcasting: [Setting] = [
        Setting("debounce", \.debounce, .duration(.milliseconds(1) ... .seconds(60)), .broadcasting, "Quiet time before a change is sent."),
        Setting("max-wait", \.maxWait, .duration(.milliseconds(1) ... .seconds(600)), .broadcasting, "Longest time a change may wait."),
    ]

    private static let limits: [Setting] = [
        Setting(
            "max-connections", \.maxConnections, ValueForm.integer(1...1_048_576).orNothing(), .limits,
            shownDefault: "as many as files and memory hold",
            "Open connections."),
        Setting(
            "max-connections-per-ip", \.maxConnectionsPerIP, ValueForm.addressLimit(1...1_048_576).or("off"), .limits,
            "Open connections of one address, of IPv6 of one /64; with public: only of addresses of the internet."),
        Setting(
            "max-new-connections-per-second", \.maxNewConnectionsPerSecond, ValueForm.addressLimit(1...100_000).or("off"), .limits,
            "New connections of one address, with a burst of four times as many; public: as above."),
        Setting(
            "max-pending-handshakes", \.maxPendingHandshakes, .integer(1...1_048_576), .limits,
            "Connections that are not answered yet; when many are, the address with most of them loses its oldest."),
        Setting("max-message-bytes", \.maxMessageBytes, .integer(256...16_777_216), .limits, "Bytes of one message from a client."),
        Setting(
            "max-messages-per-second", \.maxMessagesPerSecond, .integer(1...100_000), .limits,
            "Messages per second from one client, with a burst of twice as many."),
        Setting(
            "max-versions", \.maxVersions, .integer(1...100_000), .limits,
            "Distinct versions shown by name, those with most tabs; the rest is (other)."),
        Setting(
            "max-routes", \.maxRoutes, .integer(1...1_000_000), .limits,
            "Distinct routes shown by name, those with most tabs; the rest is (other)."),
        Setting(
            "max-listed-connections", \.maxListedConnections, .integer(0...1_048_576), .limits,
            "Rows in one stats message; truncated tells how many were left out."),
        Setting(
            "ping-interval", \.pingInterval, .duration(.milliseconds(100) ... .seconds(3600)), .limits,
            "Time between pings on one connection; on an event stream between keepalives, where that is 15s at most."),
        Setting(
            "pong-timeout", \.pongTimeout, .duration(.milliseconds(100) ... .seconds(3600)), .limits,
            "Time a client has to answer a ping, or its network to acknowledge what an event stream sent."),
        Setting(
            "handshake-timeout", \.handshakeTimeout, .duration(.milliseconds(100) ... .seconds(300)), .limits,
            "Time from connecting to the answer of a request or handshake."),
    ]

    private static let cluster: [Setting] = [
        Setting(
            "redis-url", \.redisURL, ValueForm.redisURL.orNothing(), .cluster,
            "Redis through which several nodes count as one: redis://, rediss://, unix:// or redis+sentinel://; nothing is stored in it."),
        Setting(
            "cluster-namespace", \.clusterNamespace, .clusterName, .cluster,
            "Keeps apart what shares one Redis: nodes of one name count as one."),
        Setting(
            "node-id", \.nodeID, ValueForm.line(maxBytes: 64, as: "name").orNothing(shownAs: "host name"), .cluster,
            "Name of this node, for people."),
        Setting(
            "cluster-secret", \.clusterSecret, ValueForm.secret.orNothing(), .cluster,
            "Known to all nodes: what others say in that Redis is not believed."),
        Setting(
            "redis-ca", \.redisCA, ValueForm.file.orNothing(), .cluster, shownDefault: "the system's",
            "Certificate authorities in PEM that the certificate of Redis is verified by."),
        Setting(
            "cluster-size", \.clusterSize, ValueForm.integer(1...128).orNothing(), .cluster,
            "Nodes that should be up: with fewer the numbers are called partial."),
    ]

    private static let operation: [Setting] = [
        Setting(
            "data-dir", \.dataDir, ValueForm.folder.orNothing(), .operation,
            "Folder for the history and the announced release, which survive a restart there; without it they are in memory."),
        Setting("history-days", \.historyDays, .integer(1...3650), .operation, "Days that the history in --data-dir reaches back."),
        Setting(
            "webhook-url", \.webhookURL, ValueForm.webhookURL.orNothing(), .operation,
            "Endpoint of your app or chat that is told, by POST, of releases and of versions that come and go."),
        Setting(
            "webhook-secret", \.webhookSecret, ValueForm.webhookSecret.orNothing(), .operation,
            "Key that signs webhooks as the Standard Webhooks specification says: base64 of 16 to 64 bytes, whsec_ in front or not."),
        Setting(
            "drain-timeout", \.drainTimeout, .duration(.zero ... .seconds(3600)), .operation,
            "Time over which connections are closed when the server ends."),
        Setting("log-level", \.logLevel, ValueForm<Logger.Level>.choice, .operation, "The least severe level that is written."),
        Setting(
            "log-format", \.logFormat, ValueForm<LogFormat>.choice.orNothing(), .operation, shownDefault: "text on a terminal, else json",
            "Form of log lines."),
        Setting(
            configurationFileName, \.configurationFile, ValueForm.file.orNothing(), .operation,
            "JSON file of settings, named as the flags without dashes; comments are allowed."),
    ]

    /// The one setting that cannot stand in the file.
    static let configurationFileName = "config"
}
