/// What the statistics may hold at most, over all loops.
struct StatisticsLimits: Sendable {
    var versions: Int
    var routes: Int
    var listedConnections: Int
    var tracksRoutes: Bool
}
