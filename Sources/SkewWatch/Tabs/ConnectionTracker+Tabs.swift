internal import Presence
internal import SkewCluster
internal import WebSocketLoop

/// A tab whose network changed comes again while its former connection still seems to be there: the newer one takes its place at once, on
/// whichever loop the older one is.
extension ConnectionTracker {
    private func owner(_ socket: SocketID) -> TabClaims.Owner { .init(socket: socket, tracker: UInt8(index)) }

    /// A connection stands for a tab from now on; whoever did before gives way.
    /// - Returns: when the tab opened, in milliseconds since 1970; nil where this is its first connection.
    func takePlace(of tab: TabKey, _ socket: SocketID, at now: Duration) -> Int64? {
        guard let (number, former, since) = claim(tab, socket, at: now) else { return nil }
        hold(number, at: socket.index)
        if let former { letGiveWay(former, number) }
        return since
    }

    /// A stream stands for one more tab.
    /// - Returns: the number of its claim, and when it opened. Nil where the stream itself is that tab.
    func takePlace(of tab: TabKey, besides socket: SocketID, at now: Duration) -> (number: TabClaims.Number?, since: Int64?)? {
        guard let (number, former, since) = claim(tab, socket, at: now) else { return (nil, nil) }
        if let former {
            if former == owner(socket), tabNumber(at: socket.index) == number { return nil }
            letGiveWay(former, number)
        }
        return (number, since)
    }

    /// - Parameter now: the moment from which the tab's row counts its age, too: else whoever takes its place is some milliseconds older.
    /// - Returns: nil where it counts for itself, since two have taken each other's place too often.
    private func claim(
        _ tab: TabKey, _ socket: SocketID, at now: Duration
    ) -> (number: TabClaims.Number, former: TabClaims.Owner?, since: Int64?)? {
        switch shared.tabs.claim(tab, by: owner(socket), since: shared.rowSteps(now), at: now) {
        case .first(let number): return (number, nil, nil)
        case .replaces(let former, let since, let number): return (number, former, shared.rowTime(ofSteps: since))
        case .separate: return nil
        }
    }

    private func letGiveWay(_ former: TabClaims.Owner, _ number: TabClaims.Number) {
        if former.tracker == index { return giveWay(former.socket, number) }
        guard let other = shared.tracker(Int(former.tracker)) else { return }
        other.thread.perform { other.assumeIsolated { $0.giveWay(former.socket, number) } }
    }

    /// Another connection stands for a tab. The one that did is hung up on; a stream that did for another tab stays.
    private func giveWay(_ socket: SocketID, _ number: TabClaims.Number) {
        // Its place may have been taken by somebody else meanwhile.
        guard loop?.isOpen(socket) == true else { return }
        switch placeGivenUp(number, at: socket.index) {
        case .own:
            loop?.close(socket, .normal)
            forget(socket.index, .replaced)
        case .shared(let slot): changeRows { roster, now in roster.close(slot, at: now) }
        case nil: break
        }
    }

    // MARK: Tabs that share a stream

    /// A stream of this loop stands for these tabs.
    func postedTabs(_ tabs: [CompanionTabs.Tab], of socket: SocketID) {
        count(.tabs)
        // Where the stream is not counted, its companions are not.
        guard let connection = connections[socket.index], connection.slot != nil else { return }
        for action in replaceCompanions(tabs, at: socket.index) { carryOut(action, of: socket) }
    }

    private func carryOut(_ action: CompanionTabs.Action, of socket: SocketID) {
        switch action {
        case .open(let tab):
            let address = connections[socket.index]?.slot.flatMap { row(at: $0).address }
            let now = MonotonicTime.now
            guard let claim = takePlace(of: tab.key, besides: socket, at: now) else { return }
            let known = claim.number == nil ? nil : claimed(tab.key, besides: socket)
            let slot = addRow(drawID(), version: tab.version, route: tab.route, since: claim.since, address: address, claim: known, at: now)
            openedCompanion(tab, slot, claim.number, at: socket.index)
            if let hook = settings.hooks.connectionOpened { hook(info(at: slot)) }
        case .move(let slot, let route):
            let time = shared.rowTime(MonotonicTime.now)
            changeRows { roster, now in roster.move(slot, to: route, time: time, at: now) }
            if let hook = settings.hooks.connectionMoved { hook(info(at: slot)) }
        case .close(let slot, let number):
            closeCompanion(slot)
            if let number { release(number, at: socket.index) }
        }
    }

    /// A tab that shared a stream is gone.
    /// - Parameters:
    ///   - due: when it should be back elsewhere; nil where it is gone.
    ///   - key: of the tab, where another node may have claimed it.
    private func closeCompanion(_ slot: Slot, due: Duration? = nil, key: TabKey? = nil) {
        if let hook = settings.hooks.connectionClosed { hook(info(at: slot)) }
        changeRows { roster, now in roster.close(slot, due: due, key: key, at: now) }
    }

    // MARK: Other nodes

    /// What other nodes are asked for where a tab says that it was connected before.
    func claim(of arrival: Arrival, _ socket: SocketID) -> TabClaim? {
        // One that has no number fights with another one over its place, and counts for itself.
        guard let key = arrival.tab, arrival.reconnects > 0, tabNumber(at: socket.index) != nil else { return nil }
        return TabClaim(key: key, returns: arrival.reconnects)
    }

    /// The same for a tab that shares a stream: it comes with it.
    func claimed(_ key: TabKey, besides socket: SocketID) -> TabClaim? {
        connections[socket.index]?.slot.flatMap { returns(at: $0) }.map { TabClaim(key: key, returns: $0) }
    }

    /// A tab is on another node now. Its connection here is hung up on, unless it is the newer one.
    func giveWay(_ socket: SocketID, _ number: TabClaims.Number, to claim: TabClaim) {
        guard loop?.isOpen(socket) == true else { return }
        switch placeGivenUp(number, at: socket.index) {
        case .own:
            let returns = connections[socket.index]?.slot.flatMap { self.returns(at: $0) }
            guard returns ?? 0 <= claim.returns else { return }
            loop?.close(socket, .normal)
            forget(socket.index, .replaced, due: .zero, key: claim.key)
        case .shared(let slot):
            release(number, at: socket.index)
            closeCompanion(slot, due: .zero, key: claim.key)
        case nil: break
        }
    }

    /// A connection is gone, and with it the rows of tabs that shared it.
    /// - Parameter due: when they should be back elsewhere; nil where they are gone.
    func release(_ gone: HeldTabs.Gone, at index: Int, due: Duration?) {
        if let number = gone.number { release(number, at: index) }
        for companion in gone.companions {
            closeCompanion(companion.slot, due: due, key: companion.key)
            if let number = companion.number { release(number, at: index) }
        }
    }

    /// Nobody stands for a tab any more, unless another connection does.
    private func release(_ number: TabClaims.Number, at index: Int) {
        shared.tabs.release(number, tracker: UInt8(self.index), index: index)
    }
}

extension SharedState {
    /// Another node says that these tabs are there now: those that are here give way. It is done before what the loops are asked next.
    func giveWay(to claims: [TabClaim]) {
        for (claim, owner, number) in tabs.find(claims) {
            guard let tracker = tracker(Int(owner.tracker)) else { continue }
            tracker.thread.perform { tracker.assumeIsolated { $0.giveWay(owner.socket, number, to: claim) } }
        }
    }
}
