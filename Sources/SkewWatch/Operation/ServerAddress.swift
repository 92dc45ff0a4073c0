/// Where a server is reached.
public struct ServerAddress: Sendable, Equatable {
    /// The address as it was asked for, such as `0.0.0.0` or `::1`.
    public let host: String
    /// The port that is really listened on, also where any free one was asked for; `nil` where it listens on a Unix socket alone.
    public let port: Int?
    /// Path of the Unix socket that is listened on; `nil` where it listens on a port alone.
    public let socketPath: String?
    /// Scheme, host, port and base path, without a slash at the end; where it listens on no port, the Unix socket as `unix:` and its
    /// path.
    public let url: String
    /// The same as this machine reaches it: a server on all addresses by `localhost`; nil where it listens on no port.
    let localURL: String?

    init(host: String, port: Int?, socketPath: String? = nil, isTLS: Bool, path: String) {
        (self.host, self.port, self.socketPath) = (host, port, socketPath)
        func url(_ host: String) -> String? {
            port.map { "\(isTLS ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\($0)\(path)" }
        }
        self.url = url(host) ?? "unix:\(socketPath ?? "")"
        localURL = url(NetworkAddress(host)?.isWildcard == true ? "localhost" : host)
    }

    /// All places, for the log.
    var places: String {
        guard port != nil, let socketPath else { return url }
        return "\(url) unix:\(socketPath)"
    }
}
