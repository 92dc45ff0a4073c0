internal import Presence
internal import SkewCluster
internal import SkewProtocol
internal import WebSocketLoop

extension Endpoint {
    /// A stream that several tabs of a browser share says for which others it stands; the list takes the former one's place.
    static let postedTabs = Endpoint(.post, "/tabs", .ownPages) { tracker, _, fields in
        guard let id = fields["connectionId"]?.text, case .array(let list)? = fields["tabs"] else { return .ok(false) }
        let tabs = list.prefix(CompanionTabs.limit).compactMap {
            tracker.settings.companion($0, release: tracker.shared.release, tracker.shared.tabs.keys)
        }
        tracker.act(StreamPost(handle: id, .tabs(tabs)))
        return .ok(true)
    }
}

extension TrackerSettings {
    /// Reads a tab of the list; nil where it has no usable name.
    fileprivate func companion(_ value: JSONValue, release: String?, _ keys: TabKeys) -> CompanionTabs.Tab? {
        guard let key = value["t"]?.text.flatMap({ keys.key(of: Array($0.utf8)) }) else { return nil }
        let version = value["v"]?.text.flatMap { CleanText.version($0) } ?? release.flatMap { CleanText.version($0) }
        let route = routeTracking ? value["route"]?.text.flatMap { routes.name(of: $0) } : nil
        return .init(
            key: key, version: version ?? DeclaredIdentity.unknownVersion, route: route ?? DeclaredIdentity.unknownRoute)
    }
}

extension CompanionTabs.Tab {
    // MARK: Between nodes

    /// Reads what ``encoded`` wrote, on another node.
    init?(_ value: JSONValue) {
        guard let key = value["key"]?.text.flatMap({ TabKey(hexadecimal: $0) }),
            let version = value["v"]?.text.flatMap({ CleanText.version($0) }),
            let route = value["route"]?.text.flatMap({ CleanText.route($0) })
        else { return nil }
        self.init(key: key, version: version, route: route)
    }

    var encoded: JSONValue { .object(["key": .string(key.hexadecimal), "v": .string(version), "route": .string(route)]) }
}

extension ConnectionTracker {
    /// A stream of this loop stands for these tabs.
    func postedTabs(_ tabs: [CompanionTabs.Tab], of socket: SocketID) {
        count(.tabs)
        // Where the stream is not counted, its companions are not.
        guard let connection = connections[socket.index], connection.slot != nil else { return }
        for action in companions.replace(tabs, at: socket.index) { carryOut(action, of: socket) }
    }

    private func carryOut(_ action: CompanionTabs.Action, of socket: SocketID) {
        switch action {
        case .open(let tab):
            let address = connections[socket.index]?.slot.flatMap { row(at: $0).address }
            guard let claim = takePlace(of: tab.key, besides: socket) else { return }
            let known = claim.number == nil ? nil : claimed(tab.key, besides: socket)
            let slot = addRow(drawID(), version: tab.version, route: tab.route, since: claim.since, address: address, claim: known)
            companions.opened(tab, slot, claim.number, at: socket.index)
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
    func closeCompanion(_ slot: Slot, due: Duration? = nil, key: TabKey? = nil) {
        if let hook = settings.hooks.connectionClosed { hook(info(at: slot)) }
        changeRows { roster, now in roster.close(slot, due: due, key: key, at: now) }
    }
}
