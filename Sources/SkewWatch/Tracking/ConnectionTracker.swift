internal import Logging
internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// Owns the connections of one loop: who is there, and who may watch.
///
/// Its executor is the loop's thread, so that a callback of a socket enters it without a thread change, a lock or a task.
actor ConnectionTracker {
    /// A connection beside its row: the array of them is indexed by the place of the socket.
    struct Connection {
        let id: ConnectionID
        /// The row in the roster; nil while connections are not tracked.
        let slot: Slot?
        let isStream: Bool
        /// Served, but not counted.
        let isCrawler: Bool
    }

    let index: Int
    let settings: TrackerSettings
    let shared: SharedState
    let desk: AuthorizationDesk
    let logger: Logger
    let thread: LoopThread
    var loop: WebSocketLoop?

    var roster = Roster()
    var connections: [Connection?] = []
    var requests = SubscriptionRequests()
    var subscriptions = Subscriptions()
    /// Whose connections these are, by index: only of those that a trusted proxy has brought.
    var proxiedAddresses: [Int: AddressHash] = [:]
    /// What authorizers may want to see of handshakes, by place.
    var heads: [Int: HandshakeHead] = [:]
    /// HTTP requests that are not answered yet.
    var pending = PendingRequests()
    var refusals = RefusalLog()
    /// Clients of trusted proxies that count for a limit, by index.
    var addresses: [Int: AddressKey] = [:]
    /// Announcements that are under way, with the place to go on at.
    var announcements: [(Payload, Int)] = []
    var counters = Counters()
    /// Counted connections that are open.
    var openByTransport: [Transport: Int] = [:]
    var random = RandomPool()

    /// Whether the fleet follows this tracker's changes.
    private var isWatched = false
    /// Whether the scheduler knows that something changed since it last collected.
    private var isDirty = false
    private var lastChange = Duration.zero

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(index: Int, on thread: LoopThread, settings: TrackerSettings, shared: SharedState, desk: AuthorizationDesk, logger: Logger) {
        self.index = index
        self.thread = thread
        self.settings = settings
        self.shared = shared
        self.desk = desk
        self.logger = logger
    }

    /// Sets up the loop and accepts connections.
    /// - Parameter number: which of the sockets is this loop's; by default the one with its own index.
    func start(on sockets: ListeningSockets, number: Int? = nil, budget: ConnectionBudget) throws(LoopError) {
        let loop = try WebSocketLoop(on: thread, options: settings.loop, budget: budget, webSockets: self, requests: self, hooks: loopHooks)
        loop.listen(on: sockets, index: number ?? index)
        self.loop = loop
    }

    /// Stops accepting.
    /// - Returns: how many connections are to be closed.
    func startDraining() -> Int {
        loop?.stopListening()
        return connections.count { $0 != nil }
    }

    /// Closes so many connections: WebSockets with 1012, streams with a time to come back at.
    func drain(_ count: Int) {
        var left = count
        for place in connections.indices where left > 0 {
            guard let connection = connections[place] else { continue }
            left -= 1
            loop?.closeSocket(at: place, .serviceRestart, farewell: connection.isStream ? Self.retryLine() : [])
            forget(at: place)
        }
    }

    /// How many connections the loop still has.
    var openConnections: Int { loop?.openConnections ?? 0 }

    /// Ends the loop; nothing works after it.
    func stop() async {
        guard let loop else { return }
        await withCheckedContinuation { continuation in
            loop.stop { continuation.resume() }
        }
        self.loop = nil
    }

    /// What this loop says for the metrics. The lag starts anew.
    func report() -> LoopReport {
        LoopReport(
            index: index, counters: counters, openByTransport: openByTransport, openSockets: loop?.openConnections ?? 0,
            pendingHandshakes: loop?.pendingHandshakes ?? 0, sentBytes: loop?.sentBytes ?? 0, lag: loop?.takeLag() ?? 0)
    }

    // MARK: The fleet's side

    /// The total and the counts by version, for who does not follow what changes.
    var countsByVersion: Statistics { Statistics(total: roster.total, versions: roster.versionCounts) }

    /// Starts to record changes.
    /// - Returns: the roster at this moment, whose counts are the baseline. They are not added up here: the loop does not wait for it.
    func startWatching(listing limit: Int) -> Roster {
        isWatched = true
        isDirty = false
        roster.startRecording(listing: limit)
        return roster
    }

    /// Stops to record changes.
    /// - Returns: the counts at this moment.
    func stopWatching() -> Statistics {
        isWatched = false
        isDirty = false
        roster.stopRecording()
        return countsByVersion
    }

    /// Hands over what changed since the last call, and the rows with these names as if they had changed.
    func collect(listing limit: Int, rows: Bool, roster wantsRoster: Bool, renamed: RenamedNames) -> SourceChanges {
        let last = isDirty ? lastChange : nil
        isDirty = false
        if rows { roster.retell(renamed) }
        let delta = roster.takeChanges(listing: limit, rows: rows)
        return SourceChanges(delta: delta, roster: wantsRoster ? roster : nil, lastChange: last)
    }

    /// Only the first change after a collection wakes the scheduler.
    func noteChange() {
        guard isWatched else { return }
        lastChange = MonotonicTime.now
        guard !isDirty else { return }
        isDirty = true
        shared.inbox.noteChange(at: lastChange)
    }

    func info(of connection: Connection) -> ConnectionInfo {
        guard let slot = connection.slot else {
            return ConnectionInfo(id: connection.id.description, version: DeclaredIdentity.unknownVersion, route: "/", address: nil)
        }
        let row = roster.row(at: slot)
        return ConnectionInfo(id: row.id.description, version: row.version, route: row.route, address: row.address)
    }
}
