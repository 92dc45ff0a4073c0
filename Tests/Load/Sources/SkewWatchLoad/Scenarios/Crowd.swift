/// The tabs and subscribers of a run, and what is known of each. It decides nothing of the run's course: scenarios do.
final class Crowd {
    private enum Away {
        case tab(Tab)
        case subscriber(ClientMessage.Mode, isChecked: Bool, node: Int)
    }

    private enum Holder {
        case tab(Tab)
        case marker(Tab)
        case subscriber(Int)
        case slow
    }

    let settings: Settings
    let engine: Engine
    var random: SeededRandom
    private(set) var tally = Tally()
    private(set) var subscribers: [Subscriber] = []
    private(set) var tabs: [ConnectionID] = []
    private(set) var slow: Set<ConnectionID> = []
    /// Slow ones that the server has ended.
    private(set) var slowEnded = 0
    /// The tab that makes the marks, while it is open.
    private(set) var marker: ConnectionID?
    var marks = MarkBoard(interval: 250_000_000, patience: 15_000_000_000)
    /// When a subscriber was told something last.
    private(set) var lastTold: Int64 = 0
    private var holders: [ConnectionID: Holder] = [:]
    private var backlog = Backlog()
    /// What tabs heard of releases since it was last taken.
    private var heard: [Tab.Hearing] = []
    private var pages = 0
    private var connections: [Int: ConnectionID] = [:]
    private var away = Absences<Away>()
    private var slowModes: [ConnectionID: ClientMessage.Mode] = [:]

    init(_ settings: Settings, engine: Engine, random: SeededRandom) {
        self.settings = settings
        self.engine = engine
        self.random = random
    }

    // What a scenario does.

    /// Begins to open a tab.
    func openTab() {
        let isStream = settings.streams > 0 && Double.random(in: 0..<1, using: &random) < settings.streams
        pages += 1
        open(Tab(page: pages, version: settings.versions.pick(&random), route: settings.routes.pick(&random), isStream: isStream))
    }

    /// Closes a tab and opens it anew with another version, as a page does that loads itself again.
    /// - Returns: false where it is away just now.
    func reload(_ page: Int, as version: String) -> Bool {
        guard let id = connections[page], let former = tab(id), former.place != nil else { return false }
        close(id, aborting: false)
        pages += 1
        open(Tab(page: pages, version: version, route: former.route, isStream: former.isStream))
        return true
    }

    /// Closes a tab of this page for good.
    func closePage(_ page: Int) {
        if let id = connections[page] { close(id, aborting: false) }
    }

    /// What tabs heard of releases since the last call.
    func takeHeard() -> [Tab.Hearing] {
        defer { heard.removeAll(keepingCapacity: true) }
        return heard
    }

    /// Whether anybody is away and about to come back.
    var isReturning: Bool { !away.isEmpty }

    /// Lets come back who has been away for long enough.
    func comeBack(at now: Int64, limit: Int) {
        for who in away.takeDue(at: now, limit: limit) {
            switch who {
            case .tab(let tab): open(tab)
            case .subscriber(let mode, let isChecked, let node): openSubscriber(mode, isChecked: isChecked, on: node)
            }
        }
    }

    /// Whoever it is comes back within two seconds, as clients do that spread themselves.
    private func goAway(_ who: Away) {
        tally.away += 1
        away.add(who, until: Clock.now + Int64.random(in: 200_000_000...2_000_000_000, using: &random))
    }

    private func open(_ tab: Tab) {
        let node = settings.nodes[tab.page % settings.nodes.count]
        let request = settings.request(tab.isStream ? .eventStream : .webSocket, of: node, tab.version, tab.route, token: nil)
        let id = engine.open(request, to: node.address, attention: settings.pages.hearsReleases ? .all : .first)
        holders[id] = .tab(tab)
        if settings.pages.hearsReleases { connections[tab.page] = id }
    }

    /// Moves a tab by chance to a route by chance. Streams stay where they are: they have no way to say so on their own connection.
    func moveTab() {
        guard let id = tabs.randomElement(using: &random), case .tab(var tab)? = holders[id], !tab.isStream else { return }
        tab.route = settings.routes.pick(&random)
        holders[id] = .tab(tab)
        engine.send(ClientMessage.move(to: tab.route), on: id)
        tally.moved += 1
    }

    /// Begins to open the tab that makes the marks. It is none of `tabs`, so that nothing else moves or closes it.
    func openMarker() {
        let tab = Tab(page: 0, version: settings.versions.names[0], route: settings.routes.names[0], isStream: false)
        let node = settings.nodes[0]
        let request = settings.request(.webSocket, of: node, tab.version, tab.route, token: nil)
        holders[engine.open(request, to: node.address, attention: .first)] = .marker(tab)
    }

    /// Moves the marker to a new mark if one is due.
    func markIfDue(at now: Int64) {
        marks.giveUp(at: now)
        guard let id = marker, case .marker(var tab)? = holders[id], marks.isDue(at: now) else { return }
        marks.begin(at: now, subscribers: subscribers.indices.filter { subscribers[$0].isFed && subscribers[$0].ending == nil })
        tab.route = marks.route
        holders[id] = .marker(tab)
        engine.send(ClientMessage.move(to: tab.route), on: id)
    }

    /// Closes a tab by chance; with the given probability by a reset, as a crash does.
    func closeTab(crashing: Double) {
        guard let id = tabs.randomElement(using: &random) else { return }
        close(id, aborting: crashing > 0 && Double.random(in: 0..<1, using: &random) < crashing)
    }

    /// Closes all tabs, at once or each by a handshake.
    func closeAllTabs(aborting: Bool) {
        while let id = tabs.last { close(id, aborting: aborting) }
    }

    /// Begins to open a subscriber; it subscribes as soon as it is open.
    func openSubscriber(_ mode: ClientMessage.Mode, isChecked: Bool, on place: Int) {
        let node = settings.nodes[place]
        let request = settings.request(
            .webSocket, of: node, settings.versions.names[0], settings.routes.names[0], token: settings.token,
            isObserver: settings.pages.observes)
        let id = engine.open(request, to: node.address, attention: .all)
        holders[id] = .subscriber(subscribers.count)
        let checker = StatisticsChecker(mostListed: settings.mostListed, isOfOneNode: settings.nodes.count == 1)
        subscribers.append(Subscriber(id: id, node: place, mode: mode, isChecked: isChecked, checker: checker))
    }

    /// Begins to open a subscriber that subscribes and then never reads again; its receive buffer is as small as the kernel lets it be.
    func openSlow(_ mode: ClientMessage.Mode) {
        let node = settings.nodes[0]
        let request = settings.request(
            .webSocket, of: node, settings.versions.names[0], settings.routes.names[0], token: settings.token)
        let id = engine.open(request, to: node.address, attention: .first, receiveBuffer: 4096)
        holders[id] = .slow
        slowModes[id] = mode
    }

    /// Lets the slow ones read again, so that those the server has cut are noticed.
    func wakeSlow() {
        for id in slow { engine.setReading(true, on: id) }
    }

    /// Asks every checked subscriber's statistics again, to compare them with what its deltas have led to.
    func askAgain() {
        for index in subscribers.indices where subscribers[index].isChecked && subscribers[index].isFed && subscribers[index].ending == nil
        {
            subscribers[index].awaited = subscribers[index].checker
            engine.send(ClientMessage.subscribe(subscribers[index].mode), on: subscribers[index].id)
        }
    }

    /// What is known of a tab, the marker too; `nil` where it is none or gone.
    func tab(_ id: ConnectionID) -> Tab? {
        switch holders[id] {
        case .tab(let tab)?, .marker(let tab)?: tab
        default: nil
        }
    }

    /// Keeps what was found.
    func add(_ found: [Violation]) { tally.add(found) }

    // What happens to it.

    /// Lets the engine work until `latest` at most, and takes in what happened. Messages are decoded in idle moments, so that decoding one
    /// does not make the next look late.
    func turn(until latest: Int64) {
        let events = engine.turn(until: backlog.isEmpty ? latest : 0)
        for event in events { take(event) }
        if events.isEmpty || backlog.isOverfull { decodeNext() }
    }

    /// Whether tabs were told to close and have not ended yet.
    var isLeaving: Bool { leaving > 0 }
    private var leaving = 0

    /// Whether messages wait to be decoded.
    var hasBacklog: Bool { !backlog.isEmpty }

    private func take(_ event: Engine.Event) {
        switch event {
        case .opened(let id, let handshake): opened(id, handshake)
        case .message(let id, let bytes, let at): told(id, bytes, at)
        case .ended(let id, let ending): ended(id, ending)
        }
    }

    private func opened(_ id: ConnectionID, _ handshake: Int64) {
        tally.handshake.record(handshake)
        switch holders[id] {
        case .tab(var tab)?:
            tally.opened += 1
            tab.place = tabs.count
            tabs.append(id)
            holders[id] = .tab(tab)
        case .marker?:
            marker = id
        case .subscriber(let index)?:
            subscribers[index].isOpen = true
            engine.send(ClientMessage.subscribe(subscribers[index].mode), on: id)
        case .slow?:
            slow.insert(id)
            engine.send(ClientMessage.subscribe(slowModes[id] ?? .snapshot), on: id)
            engine.setReading(false, on: id)
        case nil: break
        }
    }

    private func told(_ id: ConnectionID, _ bytes: [UInt8], _ at: Int64) {
        switch holders[id] {
        case .tab(var tab)?:
            let wasGreeted = tab.isGreeted
            if let hearing = tab.hear(bytes, at: at, learnsID: settings.learnsIDs) { heard.append(hearing) }
            holders[id] = .tab(tab)
            guard !wasGreeted else { return }
            if tab.isGreeted { tally.greeted += 1 } else { tally.misgreeted += 1 }
        case .marker(var tab)?:
            tab.wireID = (try? ServerMessage.read(bytes))?.wireID
            holders[id] = .marker(tab)
        case .subscriber(let index)?:
            lastTold = at
            subscribers[index].messages += 1
            subscribers[index].bytes += bytes.count
            if marks.awaits(index), ByteSearch.contains(marks.needle, in: bytes), let taken = marks.seen(by: index, at: at) {
                tally.staleness.record(taken)
            }
            if subscribers[index].isChecked || !subscribers[index].isFed {
                backlog.add(.init(subscriber: index, bytes: bytes))
            }
        case .slow?, nil: break
        }
    }

    private func ended(_ id: ConnectionID, _ ending: Ending) {
        let holder = holders.removeValue(forKey: id)
        if case .slow? = holder {} else if !ending.isWanted { tally.endings[ending, default: 0] += 1 }
        switch holder {
        case .tab(let tab)?:
            if tab.isLeaving {
                leaving -= 1
                return
            }
            if let place = tab.place { removeTab(place) }
            guard !settings.pages.comesBack else { return goAway(.tab(tab.returned)) }
            if tab.place == nil { tally.failed += 1 } else { tally.lost += 1 }
        case .subscriber(let index)?:
            subscribers[index].ending = ending
            marks.forget(index)
            let former = subscribers[index]
            if settings.pages.comesBack { goAway(.subscriber(former.mode, isChecked: former.isChecked, node: former.node)) }
        case .marker?: marker = nil
        case .slow?:
            slow.remove(id)
            slowEnded += 1
        case nil: break
        }
    }

    private func decodeNext() {
        guard let entry = backlog.take() else { return }
        tally.add(subscribers[entry.subscriber].read(entry.bytes))
    }

    private func close(_ id: ConnectionID, aborting: Bool) {
        guard case .tab(var tab)? = holders[id], let place = tab.place else { return }
        tab.place = nil
        tab.isLeaving = true
        holders[id] = .tab(tab)
        removeTab(place)
        tally.closed += 1
        leaving += 1
        if aborting { engine.abort(id) } else { engine.close(id) }
    }

    private func removeTab(_ place: Int) {
        tabs.swapAt(place, tabs.count - 1)
        tabs.removeLast()
        guard place < tabs.count, case .tab(var moved)? = holders[tabs[place]] else { return }
        moved.place = place
        holders[tabs[place]] = .tab(moved)
    }
}
