package import Logging

/// Every setting of a server, with its default; what `SettingsTable` fills from flags, environment and file.
///
/// A program that embeds the library makes one and changes what it wants: what programs mostly decide by themselves has a property, and
/// ``set(_:to:)`` takes every setting by its name. ``SkewWatchServer/run()`` checks all of them before it listens. Times are durations, sizes bytes, rates per second. Where a program logs to is its own choice.
public struct Configuration: Sendable {
    // MARK: Listening

    /// Address that clients connect to: an IPv4 or IPv6 literal without brackets. Unless set, all of this machine: `::`, which takes
    /// IPv4 as well, where there is IPv6.
    public var host = EveryAddress.host
    /// Port that clients connect to; 0 takes any free one, `nil` listens on no port, but on ``unixSocket`` alone.
    public var port: Int? = 8080
    /// Path of a Unix socket that proxies of this machine connect to, absolute and at most 96 bytes long; `nil` for none.
    package var unixSocket: String?
    /// Who may connect there, as of `chmod`: at most `0o777`.
    package var unixSocketMode = 0o660
    /// Address of the operator's endpoints (`/metrics`, `/live`, `/ready`).
    package var internalHost = "127.0.0.1"
    /// Port of the operator's endpoints; 0 takes any free one, `nil` switches them off.
    public var internalPort: Int? = 9090
    /// Names by which the operator's endpoints may be asked for, besides addresses and `localhost`.
    package var internalNames: [String] = []
    /// Whether another server may listen on the same ports already, as in a restart without a gap; else that is an error.
    package var takeover = false
    /// Whether each public connection begins with a header of the PROXY protocol, version 1 or 2. Only trusted proxies may connect then.
    package var proxyProtocol = false
    /// Path in front of every public endpoint, starting with a slash, without one at its end; empty for the root.
    public var basePath = "/__skew"
    /// Event loops, each on its own thread; `nil` means one per core.
    package var loops: Int?
    /// Certificate chain in PEM, as a path; set together with ``tlsKey``.
    package var tlsCertificate: String?
    /// Private key in PEM, as a path.
    package var tlsKey: String?

    /// Address of the operators' endpoints, where they have a port of their own.
    package var adminHost = "127.0.0.1"
    /// Port of the operators' endpoints (`/admin/…`): there everything is served, on the public one all but those. 0 takes any free
    /// one, `nil` is the public one.
    package var adminPort: Int?

    // MARK: What is known of a connection

    /// Version of the app that is out now, for clients that send none and for `connected`.
    public var release: String?
    /// Asked for the release, which is announced once it was seen twice; `http` or `https`.
    package var releaseURL: String?
    /// Whether connections are kept in memory and reported.
    package var connectionTracking = true
    /// Whether routes are kept in memory and reported.
    public var routeTracking = false
    /// Whether addresses are kept in memory and reported.
    public var ipTracking = false
    /// Whether crawlers are served without being counted.
    package var excludeBots = true
    /// Cookie that carries the version; `nil` means the one that the Nuxt module makes of the base path: `__nkpv`, and
    /// `__nkpv_pro` under `/pro/__skew`.
    package var cookieName: String?
    /// Routes that count as one, in this order: `/users/*`, `/p/:id`.
    package var routePatterns: [String] = []
    /// Versions that are previews, and never old: a name, or a beginning and `*`.
    package var previewVersions: [String] = []
    /// Claim of a JWT in a connection's handshake that names whose it is, by name or path.
    package var tagClaim: String?
    /// Header of a trusted proxy that does.
    package var tagHeader: String?
    /// Whether the app may say so when it is asked who may watch.
    package var tagAnswer = false
    /// Proxies whose word about a client's address and host is believed.
    package var trustedProxies: [AddressRange] = []

    // MARK: Who may see and do what

    /// Lets its bearer see statistics.
    package var statsToken: Secret? {
        get { statsTokens.first }
        set { statsTokens = newValue.map { [$0] } ?? [] }
    }
    /// Several of them, so that a new one takes an old one's place without cutting anybody off; the first is the one that commands use.
    package var statsTokens: [Secret] = []
    /// Lets its bearer write to the admin endpoints.
    package var adminToken: Secret? {
        get { adminTokens.first }
        set { adminTokens = newValue.map { [$0] } ?? [] }
    }
    /// Several of them, as of ``statsTokens``.
    package var adminTokens: [Secret] = []
    /// Asked for every subscription; `http` or `https`.
    package var authorizeURL: String?
    /// Key of JWTs signed with HMAC.
    package var jwtSecret: Secret?
    /// Path or URL of the public keys that sign JWTs.
    package var jwtJWKS: String?
    /// Claims that a JWT must have.
    package var jwtRequire: [RequiredClaim] = []
    /// Cookie that carries a JWT.
    package var jwtCookie: String?
    /// Certificate authorities in PEM, as a path, that are trusted besides the system's by whatever the server calls.
    package var caFile: String?
    /// Origins of browsers that may connect (`https://app.example.com`, `https://*.example.com`, `*`); empty means the request's own host.
    public var allowedOrigins: [String] = []
    /// Origins of pages that may show the dashboard in a frame; empty means none.
    package var frameAncestors: [String] = []

    // MARK: Broadcasting

    /// Quiet time before a change is sent.
    package var debounce: Duration = .milliseconds(100)
    /// Longest time a change may wait.
    package var maxWait: Duration = .seconds(1)

    // MARK: Limits

    /// Open connections; `nil` means as many as the limit of open files, less 64, and the memory of the control group hold.
    package var maxConnections: Int?
    /// Open connections of one address; `nil` means no limit.
    package var maxConnectionsPerIP: AddressLimit? = AddressLimit(1000, isPublicOnly: true)
    /// New connections of one address per second, with a burst of four times as many; `nil` means no limit.
    package var maxNewConnectionsPerSecond: AddressLimit? = AddressLimit(100, isPublicOnly: true)
    /// Connections that are not answered yet.
    package var maxPendingHandshakes = 4096
    /// Bytes of one message from a client. A token of 8 KB fits, as providers make them with roles and groups.
    package var maxMessageBytes = 12_288
    /// Messages per second from one client; bursts of twice as many pass.
    package var maxMessagesPerSecond = 20
    /// Distinct versions that are counted by name.
    package var maxVersions = 200
    /// Distinct routes that are counted by name.
    package var maxRoutes = 5000
    /// Rows in one `stats` message.
    package var maxListedConnections = 10000
    /// Time between pings on one connection.
    package var pingInterval: Duration = .seconds(25)
    /// Time a client has to answer a ping.
    package var pongTimeout: Duration = .seconds(10)
    /// Time from connecting to the answer of a request or handshake.
    package var handshakeTimeout: Duration = .seconds(5)
    /// Time over which connections are closed when the server ends.
    public var drainTimeout: Duration = .seconds(25)

    // MARK: History

    /// Folder in which the history and the releases are kept; `nil` keeps them in memory alone.
    package var dataDir: String?
    /// Days that the history there reaches back.
    package var historyDays = 90

    // MARK: Webhooks

    /// Told what happens in a rollout, by POST; `http` or `https`. Chats have secrets in such a URL, so it is one.
    package var webhookURL: Secret?
    /// Signs webhooks: 16 to 64 bytes in base64, with or without `whsec_` in front.
    package var webhookSecret: Secret?

    // MARK: Cluster

    /// Redis through which nodes find each other; may hold a password.
    package var redisURL: Secret?
    /// Keeps apart what shares one Redis; letters, digits and `-._`.
    package var clusterNamespace = "skewwatch"
    /// Name of this node, for people; `nil` means the name of the host.
    package var nodeID: String?
    /// Known to all nodes: what others say in that Redis is not believed.
    package var clusterSecret: Secret?
    /// Certificate authorities in PEM, as a path, that the certificate of Redis is verified by; `nil` means the system's.
    package var redisCA: String?
    /// Nodes that should be up: with fewer the numbers are called partial; `nil` where nobody knows.
    package var clusterSize: Int?

    // MARK: Logging

    /// The least severe level that is written.
    package var logLevel: Logger.Level = .info
    /// Form of log lines; `nil` means text on a terminal, else JSON.
    package var logFormat: LogFormat?

    // MARK: The file

    /// Path of the file that settings came from.
    package var configurationFile: String?

    // MARK: How it came about

    /// Where the settings were given; those that are not here have their default, or a program set them.
    var sources: [String: SettingSource] = [:]
    /// What was noticed while they were read.
    var warningsOfReading: [String] = []
    /// What was noticed in the files that they name.
    var warningsOfFiles: [String] = []

    /// All defaults.
    public init() {}

    /// The cookie that carries the version.
    var versionCookie: String { cookieName ?? Self.versionCookie(basePath: basePath) }

    /// What the module does (`resolve-base-path.ts`): apps on one host must not read each other's cookie.
    static func versionCookie(basePath: String) -> String {
        let app = basePath.hasSuffix("/__skew") ? basePath.dropLast("/__skew".count) : basePath[...]
        let name = app.split(separator: "/").joined(separator: "_")
        return name.isEmpty ? "__nkpv" : "__nkpv_\(name)"
    }
}
