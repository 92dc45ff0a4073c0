internal import Logging
internal import Presence
internal import SkewCluster
internal import SkewProtocol
internal import Synchronization
internal import WebSocketLoop

/// Owns the connections of one loop. What it decides lies in values: it hands them what happens, and carries out what they say.
///
/// Its executor is the loop's thread, so that a callback of a socket enters it without a thread change, a lock or a task.
actor ConnectionTracker {
    let index: Int
    let settings: TrackerSettings
    let shared: SharedState
    let desk: AuthorizationDesk
    let logger: Logger
    let thread: LoopThread

    private(set) var loop: WebSocketLoop?
    /// By the index of the socket.
    private(set) var connections: [Connection?] = []
    private var roster: RecordedRoster
    /// What authorizers may want to see of handshakes.
    private var heads = KeptHeads()
    private var addresses = KnownAddresses()
    var companions = CompanionTabs()
    var tabs = HeldTabs()
    private var requests = SubscriptionRequests()
    private var subscriptions = Subscriptions()
    var announcing = Announcing()
    /// HTTP requests that are not answered yet.
    var pending = PendingRequests()
    var refusals = RefusalLog()
    private(set) var counters = Counters()
    private var random = RandomPool()
    /// The first message of the connection that came last: its room is used again.
    private var greeting: [UInt8] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(index: Int, on thread: LoopThread, settings: TrackerSettings, shared: SharedState, desk: AuthorizationDesk, logger: Logger) {
        self.index = index
        self.thread = thread
        self.settings = settings
        self.shared = shared
        self.desk = desk
        self.logger = logger
        roster = RecordedRoster(start: shared.startedAtMilliseconds, release: shared.release, isClustered: settings.isClustered)
    }

    // MARK: The server's side

    /// Sets up the loop and accepts connections.
    /// - Parameter number: which of each of the sockets is this loop's; by default the one with its own index.
    func start(on sockets: [ListeningSockets], number: Int? = nil, budget: ConnectionBudget) throws(LoopError) {
        let loop = try WebSocketLoop(on: thread, options: settings.loop, budget: budget, webSockets: self, requests: self, hooks: loopHooks)
        for place in sockets { loop.listen(on: place, index: number ?? index) }
        self.loop = loop
    }

    /// Reads certificate and key again, for the connections to come.
    /// - Throws: when the new pair can't be used; the one before stays in force.
    func renewCertificate() throws(LoopError) { try loop?.renewCertificate() }

    /// Ends the loop; nothing works after it.
    func stop() async {
        guard let loop else { return }
        await withCheckedContinuation { continuation in
            loop.stop { continuation.resume() }
        }
        self.loop = nil
    }

    /// How many connections the loop still has.
    var openConnections: Int { loop?.openConnections ?? 0 }

    /// What this loop says for the metrics.
    func report() -> LoopReport {
        LoopReport(
            index: index, counters: counters, openSockets: openConnections, pendingHandshakes: loop?.pendingHandshakes ?? 0,
            sentBytes: loop?.sentBytes ?? 0, lag: loop?.lag ?? LagHistogram())
    }

    // MARK: The fleet's side

    /// The total and the counts by version, for who does not follow what changes.
    var countsByVersion: Statistics { roster.countsByVersion }

    /// All rows as they are now.
    var rowsOfNow: Roster { roster.rows }

    /// Starts to record changes.
    /// - Returns: the roster at this moment, whose counts are the baseline.
    func startWatching(listing limit: Int) -> Roster { roster.startRecording(listing: limit) }

    /// Stops to record changes.
    /// - Returns: the counts at this moment.
    func stopWatching() -> Statistics { roster.stopRecording() }

    /// Hands over what changed since the last call, and the rows with these names as if they had changed.
    /// - Parameter isStrict: whether rows leave the list where it is longer than that.
    func collect(
        listing limit: Int, strictly isStrict: Bool, rows: Bool, roster wantsRoster: Bool, renamed: RenamedNames
    ) -> SourceChanges {
        roster.collect(listing: limit, strictly: isStrict, rows: rows, roster: wantsRoster, renamed: renamed)
    }

    // MARK: Coming and going

    /// A WebSocket or a stream is open.
    func open(_ socket: SocketID, _ arrival: Arrival) {
        let id = drawID()
        if arrival.reconnects > 0 { counters.reconnects += 1 }
        let secret = arrival.kind.transport == .eventStream ? StreamSecret(high: random.next(), low: random.next()) : nil
        let connection = Connection(id: id, slot: addRow(id, arrival, socket), kind: arrival.kind)
        while connections.count <= socket.index { connections.append(nil) }
        connections[socket.index] = connection
        let release = shared.release
        announcing.opened(socket.index, hearing: release)
        if let head = arrival.head { heads.keep(head, at: socket.index) }
        if let secret { shared.streams.add(id, .init(tracker: index, socket: socket, secret: secret)) }
        shared.openConnections.add(1, ordering: .relaxed)
        counters.opened[connection.kind, default: 0] += 1
        let uncounted = arrival.uncounted(tracking: settings.connectionTracking)
        if let uncounted { refusals.note(uncounted, id, userAgent: arrival.crawler, logger, now: MonotonicTime.now) }
        let hello = ServerMessage.connected(
            version: release, id: id, secret: secret.map { StreamHandle.suffix($0, node: shared.cluster?.instance.mark) },
            timestampMilliseconds: MonotonicTime.wallClockMilliseconds,
            retry: ReturnTime(open: shared.openConnections.load(ordering: .relaxed), using: &random).milliseconds, uncounted: uncounted)
        hello.encode(into: &greeting)
        loop?.send(greeting, to: socket)
        if let hook = settings.hooks.connectionOpened { hook(info(of: connection)) }
        readTag(of: connection, at: socket.index, arrival.head)
    }

    private func addRow(_ id: ConnectionID, _ arrival: Arrival, _ socket: SocketID) -> Slot? {
        let isAddressWanted = settings.ipTracking || arrival.forwarded != nil
        let address = isAddressWanted ? self.address(of: socket, arrival.forwarded) : nil
        if let address, arrival.forwarded != nil { addresses.remember(AddressHash(address), at: socket.index) }
        let client = arrival.forwarded.flatMap { proxiedClient(of: socket, $0) }
        if let client, shared.addresses.take(client.peer) { addresses.count(client.peer.key, at: socket.index) }
        guard arrival.uncounted(tracking: settings.connectionTracking) == nil else { return nil }
        let tag = client == nil ? nil : arrival.tag.flatMap { Tag.clean(String(decoding: $0, as: UTF8.self)) }
        let since = arrival.tab.flatMap { takePlace(of: $0, socket) }
        return addRow(
            id, version: arrival.identity.version(release: shared.release),
            route: settings.routeTracking ? arrival.identity.route : DeclaredIdentity.unknownRoute,
            since: since, isNew: arrival.tab != nil && arrival.reconnects == 0,
            address: settings.ipTracking ? address?.description : nil, tag: tag, claim: claim(of: arrival, socket))
    }

    /// One more tab is counted.
    /// - Parameters:
    ///   - since: when it opened, in milliseconds since 1970; nil for now.
    ///   - isNew: whether its tab says that it was never connected before.
    ///   - claim: which tab it is, where it was connected before: perhaps to another node.
    func addRow(
        _ id: ConnectionID, version: String, route: String, since: Int64? = nil, isNew: Bool = false, address: String?, tag: String? = nil,
        claim: TabClaim? = nil
    ) -> Slot {
        let now = MonotonicTime.now
        let row = roster.open(
            id, version: version, route: route, since: since ?? shared.rowTime(now), address: address, tag: tag,
            isArrival: since == nil && !isNew, claim: claim, at: now)
        if row.isFirst { shared.inbox.noteChange(at: now) }
        return row.slot
    }

    /// How often the tab at a slot had connected before, where it came lately.
    func returns(at slot: Slot) -> Int? { roster.returns(at: slot) }

    /// What is counted at a slot.
    func row(at slot: Slot) -> ConnectionRow { roster.row(at: slot) }

    /// An id that nobody guesses.
    func drawID() -> ConnectionID { ConnectionID(randomHigh: random.next(), randomLow: random.next()) }

    /// A connection has another route.
    func move(_ socket: SocketID, to route: String) {
        guard settings.routeTracking, let connection = connections[socket.index], let slot = connection.slot else { return }
        let time = shared.rowTime(MonotonicTime.now)
        changeRows { roster, now in roster.move(slot, to: route, time: time, at: now) }
        if let hook = settings.hooks.connectionMoved { hook(info(of: connection)) }
    }

    /// A connection is gone: the one place where everything is forgotten that is known of it.
    /// - Parameters:
    ///   - due: when a tab that this node moves elsewhere should be back; nil for one that is gone.
    ///   - key: of a tab that another node has claimed.
    func forget(_ index: Int, _ reason: Counters.ClosingReason, due: Duration? = nil, key: TabKey? = nil) {
        guard index < connections.count, let connection = connections[index] else { return }
        if let hook = settings.hooks.connectionClosed { hook(info(of: connection)) }
        connections[index] = nil
        heads.forget(index)
        requests.forget(index)
        unsubscribe(index)
        if let address = addresses.forget(index) { shared.addresses.giveBack(address) }
        if connection.isStream { shared.streams.remove(connection.id) }
        shared.openConnections.subtract(1, ordering: .relaxed)
        counters.closed[.init(kind: connection.kind, reason: reason), default: 0] += 1
        guard let slot = connection.slot else { return }
        releaseTabs(at: index, due: due)
        changeRows { roster, now in roster.close(slot, due: due, key: key, at: now) }
    }

    /// Changes the rows; says so to who waits for it where it is the first change since they were collected.
    func changeRows(_ change: (inout RecordedRoster, _ now: Duration) -> Bool) {
        let now = MonotonicTime.now
        if change(&roster, now) { shared.inbox.noteChange(at: now) }
    }

    /// Who is behind a trusted proxy; nil where none has brought the connection.
    func proxiedAddress(of socket: SocketID) -> AddressHash? { addresses.hash(at: socket.index) }

    // MARK: Who may watch

    /// Hands the rule of who may watch an event, and carries out what it says.
    func authorize(_ event: (inout SubscriptionRequests, _ now: Duration, _ epoch: Int) -> [SubscriptionRequests.Action]) {
        for action in event(&requests, MonotonicTime.now, desk.epoch) { carryOut(action) }
    }

    /// What a connection showed in its handshake, as far as it was kept.
    func keptHead(of socket: SocketID) -> KeptHeads.Kept { heads.head(at: socket.index) }

    /// A connection watches from now on: it gets a whole `stats`, and then what changes.
    func subscribe(_ socket: SocketID, to kind: SubscriptionKind) {
        heads.pin(socket.index)
        let before = subscriptions.kind(at: socket.index)
        requestStatistics(subscriptions.admit(socket, kind))
        if let before { shared.inbox.subscribersChanged(before, by: -1) }
        shared.inbox.subscribersChanged(kind, by: 1)
    }

    /// A connection does not watch any more.
    func unsubscribe(_ index: Int) {
        if let kind = subscriptions.forget(index) { shared.inbox.subscribersChanged(kind, by: -1) }
    }

    /// Ends what a connection was shown, if anything, and tells it so.
    func deny(_ socket: SocketID) {
        unsubscribe(socket.index)
        loop?.send(ServerMessage.statsUnauthorized.encoded, to: socket)
    }

    // MARK: Delivering

    /// Those that get the next round of their kind.
    var subscribers: [Subscriber] { subscriptions.current }

    /// Sends a message to a subscriber, unless it is gone or too slow.
    /// - Parameter isWhole: whether it is a whole `stats`, which says at its end who the receiver is.
    func deliver(_ payload: Payload, isWhole: Bool, to id: Subscriber.ID, at now: Duration) {
        let isBusy = loop?.isBusy(id.socket) ?? true
        switch subscriptions.offer(to: id, wholeOf: isWhole ? payload.count : nil, isBusy: isBusy, at: now) {
        case .deliver where isWhole:
            guard let connection = connections[id.socket.index] else { return }
            var tail: [UInt8] = []
            tail.reserveCapacity(StatisticsEncoder.tailLength)
            StatisticsEncoder.appendTail(yourID: connection.id, to: &tail)
            loop?.send(payload, tail: tail, to: id.socket)
        case .deliver: loop?.send(payload, to: id.socket)
        case .catchUp: counters.coalescedPushes += 1
        case .due, nil: break
        }
    }

    /// A socket can take bytes again.
    func catchUp(_ socket: SocketID) { if let action = subscriptions.drained(socket.index) { requestStatistics(action) } }

    private func requestStatistics(_ action: Subscriptions.Action) {
        guard case .due(let subscriber) = action else { return }
        shared.inbox.request(
            .init(tracker: index, subscriber: subscriber.id, kind: subscriber.kind, notBefore: subscriber.earliestStatistics))
    }

    // MARK: The release

    /// Another release is out: rows that do not run it are listed first.
    func setRelease(_ version: String) { changeRows { roster, now in roster.setRelease(version, at: now) } }

    // MARK: The clock

    /// A tenth of a second has passed.
    func tick() {
        let now = MonotonicTime.now
        authorize { requests, now, epoch in requests.due(at: now, epoch: epoch) }
        for id in announcing.due(at: now) { goOn(with: id) }
        if index == 0 { desk.audit.summarize(now: now) }
    }

    // MARK: Counting

    func count(_ message: Counters.MessageKind) { counters.messages[message, default: 0] += 1 }
    func count(_ ignored: ClientMessage.IgnoredReason) { counters.ignored[ignored, default: 0] += 1 }
    func count(_ rejection: Counters.Rejection) { counters.rejected[rejection, default: 0] += 1 }
    func count(_ answer: Counters.Answer) { counters.authorizations[answer, default: 0] += 1 }
    func count(_ request: Counters.AdminRequest) { counters.adminRequests[request, default: 0] += 1 }
}
