/// Who is connected at one moment, summed over all loops.
public struct ServerStatistics: Sendable, Equatable {
    /// Counted connections. Crawlers, and everybody while connections are not tracked, are served and not counted.
    public let total: Int
    /// Counted connections by version. Versions beyond ``Configuration/maxVersions`` are together under `(other)`.
    public let versions: [String: Int]
    /// The release that is out now; nil while none is known.
    public let release: String?
}
