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
