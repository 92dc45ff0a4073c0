internal import SkewWatch

/// The server that these settings start, as this machine reaches it.
struct LocalServer {
    /// Scheme, host, port and base path, without a slash at the end.
    let url: String

    /// - Throws: `CommandFailure` where only the running server knows its port.
    init(_ configuration: Configuration) throws(CommandFailure) {
        guard configuration.port != 0 else {
            throw CommandFailure(
                sentence: "--port 0 takes any free port, which only the server knows; give the port that it printed.",
                status: .wrongSettings)
        }
        let scheme = configuration.tlsCertificate == nil ? "http" : "https"
        url = "\(scheme)://\(Self.reachable(configuration.host)):\(configuration.port)\(configuration.basePath)"
    }

    /// The host as a URL has it; a server on all addresses is reached on loopback.
    private static func reachable(_ host: String) -> String {
        guard let address = NetworkAddress(host) else { return host }
        if address == NetworkAddress("0.0.0.0") { return "127.0.0.1" }
        if address == NetworkAddress("::") { return "[::1]" }
        return address.isIPv4 ? address.description : "[\(address)]"
    }
}
