internal import SkewProtocol
internal import WebSocketLoop

extension ValueForm<String> {
    /// The address to listen on.
    static var host: Self {
        Self(
            placeholder: "address", expectation: "an IPv4 or IPv6 address or localhost",
            read: { text in
                if text == "localhost" { return "127.0.0.1" }
                return text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
            },
            isAllowed: { NetworkAddress($0) != nil || $0 == "localhost" }, show: { $0 })
    }

    /// A Unix socket: `unix:` and its path.
    static var unixSocket: Self {
        let prefix = "unix:"
        return Self(
            placeholder: "unix:path", expectation: "unix: and an absolute path of at most \(SocketFile.maxPathBytes) bytes",
            read: { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil },
            isAllowed: {
                $0.hasPrefix("/") && !$0.hasSuffix("/") && $0.utf8.count <= SocketFile.maxPathBytes && !$0.hasControlCharacters
            },
            show: { prefix + $0 })
    }

    /// The name of a host, in lower case.
    static var hostName: Self {
        Self(
            placeholder: "name", expectation: "a host name without a port",
            read: { String(decoding: Array($0.utf8).lowercasedASCII, as: UTF8.self) },
            isAllowed: { text in HostAndPort(text).map { $0.port == nil } ?? false }, show: { $0 })
    }

    /// A path in front of others: without the slash at its end, empty for the root.
    static var basePath: Self {
        Self(
            placeholder: "path", expectation: "a path that starts with / and is made of plain segments, such as /__skew",
            read: { text in text.isEmpty ? nil : text.last == "/" ? String(text.dropLast()) : text },
            isAllowed: { path in
                guard !path.isEmpty else { return true }
                return path.first == "/"
                    && path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).allSatisfy { segment in
                        !segment.isEmpty && segment != "." && segment != ".."
                            && segment.utf8.allSatisfy { isalnumASCII($0) || "-._~".utf8.contains($0) }
                    }
            },
            show: { $0 })
    }

    /// A name or version: one line.
    static func line(maxBytes: Int, as placeholder: String) -> Self {
        Self(
            placeholder: placeholder, expectation: "one line of 1 to \(maxBytes) bytes",
            read: { $0 }, isAllowed: { 1...maxBytes ~= $0.utf8.count && !$0.hasControlCharacters }, show: { $0 })
    }

    /// The name of a cluster: it becomes a part of names in Redis, and of patterns in its rules.
    static var clusterName: Self {
        Self(
            placeholder: "name", expectation: "1 to 64 letters, digits and -._",
            read: { $0 },
            isAllowed: { 1...64 ~= $0.utf8.count && $0.utf8.allSatisfy { isalnumASCII($0) || "-._".utf8.contains($0) } }, show: { $0 })
    }

    /// The name of a cookie.
    static var cookieName: Self {
        Self(
            placeholder: "name", expectation: "a cookie name (letters, digits and !#$%&'*+-.^_`|~)",
            read: { $0 }, isAllowed: { $0.isHTTPToken }, show: { $0 })
    }

    /// The name of a header, in lower case.
    static var headerName: Self {
        Self(
            placeholder: "name", expectation: "the name of a header (letters, digits and !#$%&'*+-.^_`|~)",
            read: { String(decoding: Array($0.utf8).lowercasedASCII, as: UTF8.self) }, isAllowed: { $0.isHTTPToken }, show: { $0 })
    }

    /// Routes that count as one.
    static var routePattern: Self {
        Self(
            placeholder: "pattern", expectation: "a pattern such as /users/* or /p/:id",
            read: { $0 }, isAllowed: { RoutePattern($0) != nil }, show: { $0 })
    }

    /// A version, or the beginning of versions and a `*`.
    static var versionPattern: Self {
        Self(
            placeholder: "version", expectation: "a version, or its beginning and a *",
            read: { $0 }, isAllowed: { !$0.isEmpty && $0.utf8.count <= 128 && !$0.hasControlCharacters && !$0.dropLast().contains("*") },
            show: { $0 })
    }

    /// An origin that stands in a policy as it is: of http or https, without a wildcard for all.
    static var frameOrigin: Self {
        Self(
            placeholder: "origin", expectation: "an origin such as https://grafana.example.com or https://*.example.com",
            read: { String(decoding: Array($0.utf8).lowercasedASCII, as: UTF8.self) },
            isAllowed: {
                let isWeb = $0.hasPrefix("http://") || $0.hasPrefix("https://")
                return isWeb && OriginPattern($0) != nil && !$0.utf8.contains { $0 <= 0x20 || $0 >= 0x7F || $0 == 0x3B || $0 == 0x2C }
            },
            show: { $0 })
    }

    /// The path of a file.
    static var file: Self {
        Self(
            placeholder: "file", expectation: "the path of a file",
            read: { $0 }, isAllowed: { !$0.isEmpty && !$0.hasControlCharacters }, show: { $0 })
    }

    /// The path of a folder.
    static var folder: Self {
        Self(
            placeholder: "folder", expectation: "the path of a folder",
            read: { $0 }, isAllowed: { !$0.isEmpty && !$0.hasControlCharacters }, show: { $0 })
    }

    /// The URL of an HTTP endpoint. A password would end up in logs, so there must be none.
    static var httpURL: Self {
        Self(
            placeholder: "url", expectation: "an http or https URL without a password, such as https://app.example.com/may-watch",
            hidesText: true, fault: { $0.faultInHTTPURL },
            read: { $0 }, isAllowed: { $0.isURL(schemes: ["http", "https"]) }, show: { $0 })
    }

    /// A file, or the URL of an HTTP endpoint.
    static var fileOrURL: Self {
        Self(
            placeholder: "file|url", expectation: "the path of a file, or an http or https URL without a password", hidesText: true,
            read: { $0 }, isAllowed: { $0.contains("://") ? httpURL.isAllowed($0) : file.isAllowed($0) }, show: { $0 })
    }

    /// An origin of a browser, in lower case.
    static var origin: Self {
        Self(
            placeholder: "origin",
            expectation: "an origin such as https://app.example.com, https://*.example.com or capacitor://localhost, or *",
            read: { String(decoding: Array($0.utf8).lowercasedASCII, as: UTF8.self) }, isAllowed: { OriginPattern($0) != nil },
            show: { $0 })
    }
}

extension String {
    /// What is wrong with a URL of a web server, without a word of it: it may hold a password. nil where the shape is another's fault.
    package var faultInHTTPURL: String? {
        if contains(" ") || hasControlCharacters { return "this one has a blank or a control character in it" }
        let start = lowercased()
        guard start.hasPrefix("http://") || start.hasPrefix("https://") else { return "this one begins with neither http:// nor https://" }
        let authority = self[firstRange(of: "://")!.upperBound...].prefix { !"/?#".contains($0) }
        return authority.contains("@") ? "this one has a password or a name in it" : "this one has no host, or a wrong port"
    }

    /// Whether it has the shape of a URL with one of these schemes and a host.
    package func isURL(schemes: [String]) -> Bool {
        guard let colon = firstRange(of: "://"), !hasControlCharacters, !contains(" ") else { return false }
        let scheme = self[..<colon.lowerBound].lowercased()
        guard schemes.contains(scheme) else { return false }
        let rest = self[colon.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { return false }
        let bracket = authority.lastIndex(of: "]").map { authority.index(after: $0) } ?? authority.startIndex
        let port = authority[bracket...].firstIndex(of: ":")
        let host = authority[..<(port ?? authority.endIndex)]
        if let port, Int(digits: authority[authority.index(after: port)...]).map({ 1...65535 ~= $0 }) != true { return false }
        if host.first == "[" { return host.last == "]" && NetworkAddress(String(host.dropFirst().dropLast())) != nil }
        return !host.isEmpty && host.utf8.allSatisfy { isalnumASCII($0) || "-._".utf8.contains($0) }
    }
}
