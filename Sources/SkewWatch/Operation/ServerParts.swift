internal import HTTPCall
internal import HistoryStore
internal import Logging
internal import SkewCluster
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
    /// Keeps history and releases on disk; nil where they are in memory alone.
    let keeper: HistoryOnDisk?
    /// Tells the team's app what happens; nil where it does not want to know.
    let webhooks: Webhooks?
    /// Which release it is, and why.
    let releaseAtStart: ReleaseAtStart
    /// Asks the team's app.
    let caller: HTTPCaller
    let desk: AuthorizationDesk
    /// Reads out of JWTs whose tabs are; nil where nobody wants that.
    let tagReader: TagReader?
    /// Settings that can change while it runs.
    let live: LiveSettings
    let fleet: Fleet
    /// This node among others; nil where it is alone.
    let member: ClusterMember?
    /// How often the watchdog looks whether the loops turn; tests look oftener.
    let lookInterval: Duration
    /// Tells releases to tabs.
    var announcer: Announcer { Announcer(shared: shared, fleet: fleet, logger: logger) }
    /// Whether nobody can be let see statistics.
    let deniesEverybody: Bool

    /// - Parameters:
    ///   - keeper: nil where history and releases are in memory alone.
    ///   - past: what was remembered of earlier runs.
    ///   - bus: how nodes reach each other; nil for what the settings say.
    init(
        _ configuration: Configuration, hooks: ServerHooks, keeper: HistoryOnDisk? = nil, past: HistoryOnDisk.Past = .init(),
        lookInterval: Duration = .seconds(1), bus: (any PeerBus)? = nil, logger: Logger
    ) {
        self.keeper = keeper
        self.lookInterval = lookInterval
        self.configuration = configuration
        self.hooks = hooks
        self.logger = logger
        loops = configuration.loops ?? LoopThread.recommendedCount
        limit = configuration.connectionLimit
        let proxies = configuration.trustedProxies
        let addresses = AddressBudget(configuration.addressRules) { peer in proxies.contains { $0.contains(NetworkAddress(peer)) } }
        budget = ConnectionBudget(limit: limit.count, addresses: addresses)
        let location = configuration.redisURL.flatMap { RedisLocation($0.exposed) }
        let bus =
            bus ?? location.map { RedisBus($0, namespace: configuration.clusterNamespace, caFile: configuration.redisCA) as any PeerBus }
        releaseAtStart = ReleaseAtStart(
            setting: configuration.release, lastSetting: past.lastSetting, lastTold: past.releases.last?.version)
        var releases = ReleaseHistory(past.releases)
        if let release = releaseAtStart.release, releaseAtStart.isNew {
            releases.record(release, .setting, at: MonotonicTime.wallClockMilliseconds)
        }
        shared = SharedState(
            releases: releases, acts: ActHistory(past.acts), addresses: addresses, cluster: bus == nil ? nil : ClusterAccess(),
            keeper: keeper,
            tabs: TabDirectory(keys: bus == nil ? TabKeys() : TabKeys(configuration)),
            previews: configuration.previewVersions)
        shared.history.restore(past, now: MonotonicTime.now, wallClockMilliseconds: MonotonicTime.wallClockMilliseconds)
        keeper?.note(start: releaseAtStart, setting: configuration.release)
        caller = HTTPCaller(caFile: configuration.caFile)
        webhooks = WebhookReceiver(configuration, caller: caller).map { [shared] receiver in
            Webhooks(
                receiver, previews: configuration.previewVersions, past: past.webhooks, keeper: keeper, logger: logger,
                isSpeaker: { shared.isSpeaker })
        }
        let audit = AuditLog(logger: logger)
        let calls = AppCalls()
        let authorizers = Authorizers(configuration, hooks: hooks, caller: caller, audit: audit, calls: calls)
        deniesEverybody = authorizers.isEmpty
        desk = AuthorizationDesk(authorizers, audit: audit, calls: calls)
        tagReader = configuration.tagClaim.map { [desk] in TagReader(claim: $0, desk: desk) }
        live = LiveSettings(configuration, hooks: hooks)
        fleet = Fleet(limits: StatisticsLimits(configuration), pinned: { [shared] in shared.pinnedVersions })
        member =
            if let bus, let access = shared.cluster {
                ClusterMember(
                    ClusterSettings(configuration, location, release: shared.release), bus: bus, access: access, logger: logger,
                    hooks: .init(shared, desk))
            } else {
                nil
            }
    }
}
