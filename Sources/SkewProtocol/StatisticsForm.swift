/// One distinct form of the statistics. Receivers of the same form get the same bytes, encoded once.
package struct StatisticsForm: Hashable, Sendable {
    /// How much may be seen. Each scope holds all of the one before it.
    package enum Scope: Int, Comparable, Hashable, Sendable, CaseIterable {
        /// The total and the versions.
        case counts
        /// The routes, too.
        case routes
        /// The list of connections, too, without tags and addresses.
        case connections
        /// Whose they are, too, where the team names that.
        case tags
        /// The addresses, too, where they are tracked.
        case ips

        package static func < (left: Scope, right: Scope) -> Bool { left.rawValue < right.rawValue }
    }

    package var scope: Scope
    /// False in summary mode: the list of connections is left out whatever the scope.
    package var listsConnections: Bool
    /// False where routes are not tracked: then `routes` is empty, and every row says `/`.
    package var tracksRoutes: Bool

    /// Makes a form of its three parts.
    package init(scope: Scope, listsConnections: Bool, tracksRoutes: Bool) {
        self.scope = scope
        self.listsConnections = listsConnections
        self.tracksRoutes = tracksRoutes
    }

    /// The scope's name on the wire.
    var scopeName: StaticString {
        switch scope {
        case .counts: "counts"
        case .routes: "routes"
        case .connections: "connections"
        case .tags: "tags"
        case .ips: "ips"
        }
    }

    var showsRoutes: Bool { scope >= .routes }
    var showsRows: Bool { listsConnections && scope >= .connections }
    var showsTags: Bool { scope >= .tags }
    var showsAddresses: Bool { scope >= .ips }
}
