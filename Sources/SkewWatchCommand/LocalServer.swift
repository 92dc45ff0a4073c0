internal import SkewWatch

/// The server that these settings start, as this machine reaches it.
struct LocalServer {
    /// Scheme, host, port and base path of the public endpoints, without a slash at the end.
    let url: String
    /// The Unix socket on which it is asked, where it listens on no port.
    var socketPath: String?

    /// What people call it.
    var name: String { socketPath.map { "unix:\($0)" } ?? url }

    private init(url: String) { self.url = url }

    /// - Throws: `CommandFailure` where only the running server knows its port.
    init(_ configuration: Configuration) throws(CommandFailure) {
        let scheme = configuration.tlsCertificate == nil ? "http" : "https"
        if let port = configuration.port {
            url = "\(scheme)://\(try Self.place(host: configuration.host, port: port, flag: "--port"))\(configuration.basePath)"
        } else {
            (url, socketPath) = ("\(scheme)://localhost\(configuration.basePath)", configuration.unixSocket)
        }
    }

    /// Where the operators' endpoints are, and all others.
    static func operators(_ configuration: Configuration) throws(CommandFailure) -> LocalServer {
        guard let port = configuration.adminPort else { return try LocalServer(configuration) }
        let scheme = configuration.tlsCertificate == nil ? "http" : "https"
        let place = try place(host: configuration.adminHost, port: port, flag: "--admin-port")
        return LocalServer(url: "\(scheme)://\(place)\(configuration.basePath)")
    }

    /// Where the server says whether it works: on the internal port, which answers whatever the public one is busy with; where that is
    /// off, where clients connect.
    static func probe(_ configuration: Configuration) throws(CommandFailure) -> LocalServer {
        guard let port = configuration.internalPort else {
            let server = try LocalServer(configuration)
            var probe = LocalServer(url: server.url + "/health")
            probe.socketPath = server.socketPath
            return probe
        }
        return LocalServer(url: "http://\(try place(host: configuration.internalHost, port: port, flag: "--internal-port"))/live")
    }

    private static func place(host: String, port: Int, flag: String) throws(CommandFailure) -> String {
        guard port != 0 else {
            throw CommandFailure(
                sentence: "\(flag) 0 takes any free one, which only the server knows; give the port that it printed.",
                status: .wrongSettings)
        }
        return "\(reachable(host)):\(port)"
    }

    /// The host as a URL has it; a server on all addresses is reached on loopback.
    static func reachable(_ host: String) -> String {
        guard let address = NetworkAddress(host) else { return host }
        // `::` takes IPv4 as well.
        if address == NetworkAddress("0.0.0.0") || address == NetworkAddress("::") { return "127.0.0.1" }
        return address.isIPv4 ? address.description : "[\(address)]"
    }
}
