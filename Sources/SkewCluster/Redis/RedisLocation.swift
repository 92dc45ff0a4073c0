/// Where Redis is, and how to log in there: what `--redis-url` says.
package struct RedisLocation: Sendable, Equatable {
    /// A server to dial.
    package enum Endpoint: Sendable, Hashable {
        /// A host name or address, IPv6 without brackets.
        case host(String, port: Int)
        /// The path of a socket on this machine.
        case socket(String)
    }

    /// Who to ask for the master's address, and by which name.
    package struct Sentinels: Sendable, Equatable {
        package var endpoints: [Endpoint]
        package var master: String
    }

    package struct Login: Sendable, Equatable {
        /// nil for the default user, as Redis before 6 knows it.
        package var user: String?
        package var password: String
    }

    package enum Target: Sendable, Equatable {
        case server(Endpoint)
        case sentinels(Sentinels)
    }

    package var target: Target
    package var isTLS: Bool
    package var login: Login?
    /// Redis tells everybody on all databases: the number keeps the channels of two apart that mean different ones.
    package var database: Int

    /// Reads `redis://[user][:password@]host[:port][/db]`, `rediss://…`, `unix:///path[?db=1]`, or
    /// `redis+sentinel://…host[:port],host[:port]/master[/db]`; nil for anything else.
    package init?(_ url: String) {
        guard let mark = url.firstRange(of: "://") else { return nil }
        let scheme = url[..<mark.lowerBound].lowercased()
        var rest = url[mark.upperBound...]
        guard !url.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }) else { return nil }
        let query = rest.firstIndex(of: "?").map { rest[rest.index(after: $0)...] }
        rest = rest.prefix { $0 != "?" }
        login = nil
        database = 0
        let authority = rest.prefix { $0 != "/" }
        if let at = authority.lastIndex(of: "@") {
            guard let login = Self.login(rest[..<at]) else { return nil }
            self.login = login
            rest = rest[rest.index(after: at)...]
        }
        isTLS = scheme.hasPrefix("rediss")
        switch scheme {
        case "unix":
            guard rest.first == "/", rest.utf8.count > 1, let path = Self.decoded(rest) else { return nil }
            target = .server(.socket(path))
            guard let query else { return }
            guard query.hasPrefix("db="), let number = Self.database(query.dropFirst(3)) else { return nil }
            database = number
        case "redis", "rediss":
            guard query == nil, let endpoint = Self.endpoint(rest.prefix { $0 != "/" }, port: 6379) else { return nil }
            target = .server(endpoint)
            guard let number = Self.database(rest.drop { $0 != "/" }.dropFirst()) else { return nil }
            database = number
        case "redis+sentinel", "rediss+sentinel":
            let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
            guard query == nil, (2...3).contains(parts.count), let master = Self.decoded(parts[1]), !master.isEmpty else { return nil }
            let endpoints = parts[0].split(separator: ",", omittingEmptySubsequences: false).map { Self.endpoint($0, port: 26_379) }
            guard !endpoints.contains(nil), let number = Self.database(parts.count == 3 ? parts[2] : "") else { return nil }
            target = .sentinels(Sentinels(endpoints: endpoints.compactMap(\.self), master: master))
            database = number
        default: return nil
        }
    }

    /// What may be shown of it: no user, no password.
    package var shown: String {
        let scheme = isTLS ? "rediss" : "redis"
        switch target {
        case .server(let endpoint): return "\(endpoint.isSocket ? "unix" : scheme)://\(endpoint.shown)"
        case .sentinels(let sentinels):
            return "\(scheme)+sentinel://\(sentinels.endpoints.map(\.shown).joined(separator: ","))/\(sentinels.master)"
        }
    }

    // MARK: Parts

    private static func login(_ text: Substring) -> Login? {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let user = decoded(parts[0]), let password = decoded(parts[1]), !password.isEmpty else { return nil }
        return Login(user: user.isEmpty ? nil : user, password: password)
    }

    private static func endpoint(_ text: Substring, port: Int) -> Endpoint? {
        let bracket = text.lastIndex(of: "]").map { text.index(after: $0) } ?? text.startIndex
        let colon = text[bracket...].firstIndex(of: ":")
        var host = text[..<(colon ?? text.endIndex)]
        var port = port
        if let colon {
            guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number) else { return nil }
            port = number
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        let isPlain = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "-._:".utf8.contains(byte)
            }
        }
        return host.isEmpty || !isPlain ? nil : .host(String(host), port: port)
    }

    private static func database(_ text: Substring) -> Int? {
        if text.isEmpty { return 0 }
        guard let number = Int(text), (0...65_535).contains(number) else { return nil }
        return number
    }

    /// Percent-decoded; nil where that gives no text without control characters.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let code = Substring(rest.prefix(2)).count == 2 ? UInt8(Substring(rest.prefix(2)), radix: 16) : nil else { return nil }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        return text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? nil : text
    }
}

extension RedisLocation.Endpoint {
    var isSocket: Bool {
        if case .socket = self { true } else { false }
    }

    package var shown: String {
        switch self {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .socket(let path): path
        }
    }
}

/// The names of a cluster's channels.
package struct ChannelNames: Sendable {
    /// What stands in front of each. The braces keep them together in a Redis Cluster.
    package let prefix: String

    package init(namespace: String, database: Int) {
        prefix = "{skewwatch:\(namespace):\(database)}"
    }

    package func name(_ channel: BusChannel) -> [UInt8] {
        let suffix =
            switch channel {
            case .all: "bus"
            case .routes: "routes"
            case .rows: "rows"
            case .node(let mark): "to:" + String(mark, radix: 16)
            }
        return Array("\(prefix):\(suffix)".utf8)
    }
}
