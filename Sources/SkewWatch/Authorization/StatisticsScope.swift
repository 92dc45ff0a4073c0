internal import SkewProtocol

/// How much of the statistics a viewer may see. Each scope holds all of the one before it.
public enum StatisticsScope: Int, Comparable, Hashable, Sendable, CaseIterable {
    /// The total and the versions.
    case counts
    /// The routes, too.
    case routes
    /// The list of connections, too, without tags and addresses.
    case connections
    /// Whose they are, too, where the team names that.
    case tags
    /// The addresses, too, where they are tracked.
    case ips

    /// Whether the left one shows less.
    public static func < (left: StatisticsScope, right: StatisticsScope) -> Bool { left.rawValue < right.rawValue }

    /// The same, as the encoders know it.
    var shown: StatisticsForm.Scope {
        switch self {
        case .counts: .counts
        case .routes: .routes
        case .connections: .connections
        case .tags: .tags
        case .ips: .ips
        }
    }
}
