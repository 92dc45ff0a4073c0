/// Where a server is reached.
public struct ServerAddress: Sendable, Equatable {
    /// The address as it was asked for, such as `0.0.0.0` or `::1`.
    public let host: String
    /// The port that is really listened on, also where any free one was asked for.
    public let port: Int
    /// Scheme, host, port and base path, without a slash at the end.
    public let url: String
    /// The same as this machine reaches it: a server on all addresses by `localhost`.
    let localURL: String

    init(host: String, port: Int, isTLS: Bool, path: String) {
        self.host = host
        self.port = port
        func url(_ host: String) -> String {
            "\(isTLS ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)\(path)"
        }
        self.url = url(host)
        localURL = url(NetworkAddress(host)?.isWildcard == true ? "localhost" : host)
    }
}
