internal import WebSocketLoop

/// What a tracker goes by; the same for all loops of a server.
struct TrackerSettings: Sendable {
    var basePath: String
    var release: String?
    var connectionTracking: Bool
    var routeTracking: Bool
    var ipTracking: Bool
    var cookieName: String
    var keptHead: KeptHead
    var origins: OriginPolicy
    var limits: StatisticsLimits
    var loop: LoopOptions
    var hooks: ServerHooks
}
