internal import SkewProtocol

/// What the statistics may hold at most, over all loops.
struct StatisticsLimits: Sendable {
    var versions: Int
    var routes: Int
    var listedConnections: Int
    var tracksRoutes: Bool
}

extension StatisticsLimits {
    init(_ configuration: Configuration) {
        self.init(
            versions: configuration.maxVersions, routes: configuration.maxRoutes,
            listedConnections: configuration.maxListedConnections, tracksRoutes: configuration.routeTracking)
    }
}

extension TrackedParts {
    init(_ configuration: Configuration) {
        self.init(
            routes: configuration.routeTracking, addresses: configuration.ipTracking, tags: configuration.tracksTags,
            previews: configuration.previewVersions)
    }
}
