internal import HTTPCall
internal import SkewProtocol
internal import SkewWatch

/// A running server as a command reaches it, and what the command shows to be let in.
struct ServerAccess {
    /// Scheme, host, port and base path, without a slash at the end; or `unix:` and a path.
    let url: String
    /// What paths are put behind; the same unless it is a Unix socket.
    private let base: String
    private let socketPath: String?
    let token: String?
    /// False for the server of this machine's own settings: its certificate names another host than loopback.
    let checksCertificate: Bool

    /// Certificate authorities that are trusted besides the system's; nil for none.
    let caFile: String?

    /// The base path of a server that is named without one.
    static let usualBasePath = "/__skew"

    /// - Parameters:
    ///   - url: as given; nil means the server that these settings start.
    ///   - token: nil where there is none.
    ///   - caFile: as given; nil means the one of the environment.
    init(url: String?, token: String?, caFile: String? = nil, settings: () throws -> Configuration) throws {
        self.token = token
        self.caFile = caFile ?? SettingArguments.environment["SKEWWATCH_CA_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        checksCertificate = url != nil
        if let url {
            self.url = try Self.complete(url)
            socketPath = Self.socketPath(url)
            base = socketPath == nil ? self.url : "http://localhost\(Self.usualBasePath)"
        } else {
            let server = try LocalServer.operators(try settings())
            (self.url, base, socketPath) = (server.name, server.url, server.socketPath)
        }
    }

    /// For a command that reads: with the token of a file, or that of the settings.
    init(reading url: String?, tokenFile: String?, _ settings: AccessArguments) throws {
        // A wrong URL is told before a file that cannot be read.
        try url.map(Self.check)
        let given = try tokenFile.map { try TokenFile.read($0, flag: "--token-file") }
        try self.init(
            url: url, token: try given ?? settings.load().statsToken?.exposed, caFile: settings.caFile, settings: settings.load)
    }

    /// The path of `unix:/run/skewwatch/socket`; nil for another URL.
    private static func socketPath(_ url: String) -> String? { url.hasPrefix("unix:/") ? String(url.dropFirst("unix:".count)) : nil }

    /// - Throws: a sentence about a URL that cannot be a server's.
    static func check(_ url: String) throws(CommandFailure) { _ = try complete(url) }

    private static func complete(_ given: String) throws(CommandFailure) -> String {
        if socketPath(given) != nil { return given }
        let url = withoutDashboard(given)
        guard url.isURL(schemes: ["http", "https"]) else { throw wrong(url.faultInHTTPURL ?? "this is none") }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw wrong("this one has a character that is no ASCII") }
        guard !url.contains("?"), !url.contains("#") else { throw wrong("this one has a ? or a # in it") }
        guard url[url.firstRange(of: "://")!.upperBound...].contains("/") else { return url + usualBasePath }
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    /// The URL itself is not repeated: it may hold a password.
    private static func wrong(_ reason: String) -> CommandFailure {
        CommandFailure(
            sentence: "The URL must be that of the server with its base path, such as https://app.example.com/__skew; \(reason).",
            status: .wrongSettings)
    }

    /// The address of the dashboard, as it is pasted from a browser, stands for that of its server.
    private static func withoutDashboard(_ url: String) -> String {
        var path = url.prefix { $0 != "?" && $0 != "#" }
        if path.hasSuffix("/") { path.removeLast() }
        return path.hasSuffix("/dashboard") ? String(path.dropLast("dashboard".count)) : url
    }

    /// A request to an endpoint below the base path.
    func request(
        _ path: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil, timeout: Duration
    ) -> HTTPRequest {
        // By its name a bot, for servers that do not know observers yet: who watches is no tab.
        let named = headers + [("User-Agent", "skewwatch/\(BuildInfo.version) (bot)")]
        let all = body == nil ? named : named + [("Content-Type", "application/json")]
        return HTTPRequest(
            url: base + path, headers: all, body: body, timeout: timeout, checksCertificate: checksCertificate, socketPath: socketPath)
    }
}

extension ServerAccess {
    /// Opens a stream that watches and is not counted.
    var observing: HTTPRequest { request("/sse?observer=1", headers: [("Accept", "text/event-stream")], timeout: .seconds(10)) }

    /// Asks to be told the statistics on a stream, as deltas.
    /// - Parameter handle: what the stream was named by when it opened.
    func subscription(of handle: String) -> HTTPRequest {
        var members: [String: JSONValue] = ["connectionId": .string(handle), "mode": .string("delta")]
        if let token { members["token"] = .string(token) }
        return request("/subscribe-stats", body: JSONValue.object(members).encoded, timeout: .seconds(10))
    }
}
