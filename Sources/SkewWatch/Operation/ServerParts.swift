internal import HTTPCall
internal import Logging
internal import WebSocketLoop

/// What a server is made of before anything listens.
struct ServerParts: Sendable {
    let configuration: Configuration
    let hooks: ServerHooks
    let logger: Logger
    /// How many loops there will be.
    let loops: Int
    let limit: ConnectionLimit
    let budget: ConnectionBudget
    let shared: SharedState
    /// Asks the team's app.
    let caller: HTTPCaller
    let desk: AuthorizationDesk
    /// Settings that can change while it runs.
    let live: LiveSettings
    let fleet: Fleet
    /// How often the watchdog looks whether the loops turn; tests look oftener.
    let lookInterval: Duration
    /// Whether nobody can be let see statistics.
    let deniesEverybody: Bool

    init(_ configuration: Configuration, hooks: ServerHooks, lookInterval: Duration = .seconds(1), logger: Logger) {
        self.lookInterval = lookInterval
        self.configuration = configuration
        self.hooks = hooks
        self.logger = logger
        loops = configuration.loops ?? LoopThread.recommendedCount
        limit = configuration.connectionLimit
        let proxies = configuration.trustedProxies
        let addresses = AddressBudget(configuration.addressRules) { peer in proxies.contains { $0.contains(NetworkAddress(peer)) } }
        budget = ConnectionBudget(limit: limit.count, addresses: addresses)
        shared = SharedState(release: configuration.release, addresses: addresses)
        caller = HTTPCaller(caFile: configuration.caFile)
        let audit = AuditLog(logger: logger)
        let calls = AppCalls()
        let authorizers = Authorizers(configuration, hooks: hooks, caller: caller, audit: audit, calls: calls)
        deniesEverybody = authorizers.isEmpty
        desk = AuthorizationDesk(authorizers, audit: audit, calls: calls)
        live = LiveSettings(configuration, hooks: hooks)
        fleet = Fleet(limits: StatisticsLimits(configuration), pinned: { [shared] in shared.pinnedVersions })
    }
}
