internal import SkewProtocol

/// What an embedding program asks of a server that runs. Any thread.
extension SkewWatchServer {
    /// Where clients reach it; nil before it listens and after it has ended.
    public var address: ServerAddress? { running?.address }

    /// Whether it serves and all its loops turn: what `/live` says.
    package var isAlive: Bool { running.map { $0.complaint == nil } ?? false }

    /// Who is connected now; nil while the server does not run. Costs a visit to each loop.
    public func statistics() async -> ServerStatistics? {
        guard let parts = running?.parts else { return nil }
        let counts = await parts.fleet.counts
        return ServerStatistics(total: counts.total, versions: counts.versions, release: parts.shared.release)
    }

    /// Says that a release is out: new connections are told at once, those that are there soon, loop by loop.
    /// - Parameter version: 1 to 128 bytes of UTF-8; control characters are left out.
    /// - Returns: false when the server does not run, or nothing of the version is left.
    @discardableResult
    public func announce(_ version: String) -> Bool {
        guard let parts = running?.parts, let version = CleanText.version(version.utf8.span) else { return false }
        return parts.shared.announce(version)
    }
}
