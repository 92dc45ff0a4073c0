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
    private var tabs = HeldTabs()
    private var requests = SubscriptionRequests()
    private var subscriptions = Subscriptions()
    private var announcing = Announcing()
    /// HTTP requests that are not answered yet.
    private var pending = PendingRequests()
    private var refusals = RefusalLog()
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

    /// Ends the loop; nothing works after it.
    func stop() async {
        guard let loop else { return }
        await withCheckedContinuation { continuation in
            loop.stop { continuation.resume() }
        }
        self.loop = nil
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
        counters.opened[connection.kind] += 1
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

    /// One more tab is counted.
    /// - Parameters:
    ///   - since: when it opened, in milliseconds since 1970; nil for now.
    ///   - isNew: whether its tab says that it was never connected before.
    ///   - claim: which tab it is, where it was connected before: perhaps to another node.
    func addRow(
        _ id: ConnectionID, version: String, route: String, since: Int64? = nil, isNew: Bool = false, address: String?, tag: String? = nil,
        claim: TabClaim? = nil, at now: Duration
    ) -> Slot {
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
        counters.closed[.init(kind: connection.kind, reason: reason)] += 1
        guard let slot = connection.slot else { return }
        release(tabs.forget(index), at: index, due: due)
        changeRows { roster, now in roster.close(slot, due: due, key: key, at: now) }
    }

    /// Changes the rows; says so to who waits for it where it is the first change since they were collected.
    func changeRows(_ change: (inout RecordedRoster, _ now: Duration) -> Bool) {
        let now = MonotonicTime.now
        if change(&roster, now) { shared.inbox.noteChange(at: now) }
    }

    /// Who is behind a trusted proxy; nil where none has brought the connection.
    func proxiedAddress(of socket: SocketID) -> AddressHash? { addresses.hash(at: socket.index) }

    /// A connection's address, as a trusted proxy says.
    func remember(_ address: NetworkAddress, at index: Int) { addresses.remember(AddressHash(address), at: index) }

    /// A connection counts for the address behind a trusted proxy, as long as there is room.
    func count(_ client: NetworkAddress, at index: Int) {
        if shared.addresses.take(client.peer) { addresses.count(client.peer.key, at: index) }
    }

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

    // MARK: Delivering

    /// Those that get the next round of their kind.
    var subscribers: [Subscriber] { subscriptions.current }

    /// There is a message for a subscriber. See ``Subscriptions/offer(to:wholeOf:isBusy:at:)``.
    func offer(to id: Subscriber.ID, wholeOf bytes: Int?, isBusy: Bool, at now: Duration) -> Subscriptions.Action? {
        subscriptions.offer(to: id, wholeOf: bytes, isBusy: isBusy, at: now)
    }

    /// A socket can take bytes again.
    func catchUp(_ socket: SocketID) { if let action = subscriptions.drained(socket.index) { requestStatistics(action) } }

    // MARK: Tabs

    /// The number of the tab that a connection stands for; nil for none.
    func tabNumber(at index: Int) -> TabClaims.Number? { tabs.number(at: index) }

    /// A connection stands for the tab with this number.
    func hold(_ number: TabClaims.Number, at index: Int) { tabs.hold(number, at: index) }

    /// How a connection stands for a tab that another one stands for now; nil where it does not.
    func placeGivenUp(_ number: TabClaims.Number, at index: Int) -> HeldTabs.Place? { tabs.giveWay(number, at: index) }

    /// A stream stands for these tabs besides its own.
    func replaceCompanions(_ companions: [CompanionTabs.Tab], at index: Int) -> [CompanionTabs.Action] {
        tabs.replaceCompanions(companions, at: index)
    }

    /// A tab that shares a stream has its row.
    func openedCompanion(_ tab: CompanionTabs.Tab, _ slot: Slot, _ number: TabClaims.Number?, at index: Int) {
        tabs.openedCompanion(tab, slot, number, at: index)
    }

    // MARK: Announcing

    /// Takes an announcement in for those of the tabs that are to hear it.
    /// - Returns: how many they are.
    func prepare(_ id: Int, _ announcement: Announcement, for tabs: some Sequence<ToldTab>) -> Int {
        announcing.prepare(id, announcement, for: tabs)
    }

    /// An announcement begins, or goes on at another pace: so many tabs a second on this loop.
    func announce(_ id: Int, rate: Double?) {
        if announcing.begin(id, rate: rate, at: MonotonicTime.now) { goOn(with: id) }
    }

    func stopAnnouncing(_ id: Int) { announcing.stop(id) }

    /// Those that have waited long enough, the oldest first.
    func dueAnnouncements(at now: Duration) -> [Int] { announcing.due(at: now) }

    /// How many an announcement has still to tell here.
    func leftOfAnnouncement(_ id: Int) -> Int { announcing.left(id) }

    /// Tells as many as one turn of the loop takes.
    func tellNext(_ id: Int) -> Announcing.Step {
        announcing.step(id, at: MonotonicTime.now) { payload, tab in
            guard connections[tab.index]?.id == tab.id else { return false }
            loop?.sendSocket(at: tab.index, payload)
            return true
        }
    }

    // MARK: Requests that wait

    func awaitBody(of entry: PendingRequests.Entry) { pending.awaitBody(of: entry) }
    func takeBody(of socket: SocketID) -> PendingRequests.Entry? { pending.takeBody(of: socket) }
    func awaitAnswer(to entry: PendingRequests.Entry) { pending.awaitAnswer(to: entry) }
    func takeAnswer(to socket: SocketID) -> PendingRequests.Entry? { pending.takeAnswer(to: socket) }
    /// The page behind a request that still waits for its answer; nil where it waits no more.
    func waitingPage(of socket: SocketID) -> CrossOrigin? { pending.page(of: socket) }
    func forgetRequest(of socket: SocketID) { pending.forget(socket.index) }

    /// Counts and notes that a request is refused.
    func refused(_ refusal: Refusal, _ request: Request) -> HTTPResponse {
        if let reason = refusal.counted { count(reason) }
        refusals.note(refusal, request, logger, now: MonotonicTime.now)
        return refusal.response
    }

    // MARK: Counting

    func countCoalescedPush() { counters.coalescedPushes += 1 }
    func count(_ message: Counters.MessageKind) { counters.messages[message] += 1 }
    func count(_ ignored: ClientMessage.IgnoredReason) { counters.ignored[ignored, default: 0] += 1 }
    func count(_ rejection: Counters.Rejection) { counters.rejected[rejection, default: 0] += 1 }
    func count(_ answer: Counters.Answer) { counters.authorizations[answer, default: 0] += 1 }
    func count(_ request: Counters.AdminRequest) { counters.adminRequests[request, default: 0] += 1 }
}
