internal import Presence
internal import WebSocketLoop

/// A tab whose network changed comes again while its former connection still seems to be there: the newer one takes its place at once, on
/// whichever loop the older one is.
extension ConnectionTracker {
    private func owner(_ socket: SocketID) -> TabClaims.Owner { .init(socket: socket, tracker: UInt8(index)) }

    /// A connection stands for a tab from now on; whoever did before gives way.
    /// - Returns: when the tab opened, in milliseconds since 1970; nil where this is its first connection.
    func takePlace(of tab: TabKey, _ socket: SocketID) -> Int64? {
        guard let (number, former, since) = claim(tab, socket) else { return nil }
        tabs.hold(number, at: socket.index)
        if let former { letGiveWay(former, number) }
        return since
    }

    /// A stream stands for one more tab.
    /// - Returns: the number of its claim, and when it opened. Nil where the stream itself is that tab.
    func takePlace(of tab: TabKey, besides socket: SocketID) -> (number: TabClaims.Number?, since: Int64?)? {
        guard let (number, former, since) = claim(tab, socket) else { return (nil, nil) }
        if let former {
            if former == owner(socket), tabs.number(at: socket.index) == number { return nil }
            letGiveWay(former, number)
        }
        return (number, since)
    }

    /// - Returns: nil where it counts for itself, since two have taken each other's place too often.
    private func claim(_ tab: TabKey, _ socket: SocketID) -> (number: TabClaims.Number, former: TabClaims.Owner?, since: Int64?)? {
        let now = MonotonicTime.now
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
        if tabs.number(at: socket.index) == number {
            loop?.close(socket, .normal)
            forget(socket.index, .replaced)
        } else if let slot = companions.remove(number, at: socket.index) {
            changeRows { roster, now in roster.close(slot, at: now) }
        }
    }

    /// A connection is gone, and with it the rows of tabs that shared it.
    func releaseTabs(at index: Int) {
        if let number = tabs.forget(index) { release(number, at: index) }
        for companion in companions.forget(index) {
            closeCompanion(companion.slot)
            if let number = companion.number { release(number, at: index) }
        }
    }

    /// Nobody stands for a tab any more, unless another connection does.
    func release(_ number: TabClaims.Number, at index: Int) {
        shared.tabs.release(number, tracker: UInt8(self.index), index: index)
    }
}
