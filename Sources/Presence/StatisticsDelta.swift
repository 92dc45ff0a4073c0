/// What changed between two moments, as absolute values: applying it to the earlier statistics gives the later ones,
/// and applying it to anything in between does too.
package struct StatisticsDelta: Sendable, Equatable {
    /// All open connections at the later moment.
    package var total: Int
    /// How many of them are in the list at the later moment.
    package var listed: Int
    /// How many of those run the release: they make room for rows that do not.
    package var listedCurrent: Int
    /// How many connections do not run the release and are not in the list.
    package var waitingOld: Int
    /// The counts of the versions that were touched; 0 says that the version is gone.
    package var versions: [String: Int]
    /// The counts of the routes that were touched; 0 says that the route is gone.
    package var routes: [String: Int]
    /// Rows that came into the list.
    package var opened: [ConnectionRow]
    /// Rows that were in the list and show something else now.
    package var changed: [ConnectionRow]
    /// Rows that left the list. A receiver may never have seen one of them.
    package var closed: [ConnectionID]

    /// Makes a delta of its parts; left out, nothing was touched.
    package init(
        total: Int, listed: Int, listedCurrent: Int = 0, waitingOld: Int = 0, versions: [String: Int] = [:], routes: [String: Int] = [:],
        opened: [ConnectionRow] = [], changed: [ConnectionRow] = [], closed: [ConnectionID] = []
    ) {
        self.total = total
        self.listed = listed
        self.listedCurrent = listedCurrent
        self.waitingOld = waitingOld
        self.versions = versions
        self.routes = routes
        self.opened = opened
        self.changed = changed
        self.closed = closed
    }

    /// Whether nothing was touched, so that there is nothing to tell.
    package var isEmpty: Bool {
        versions.isEmpty && routes.isEmpty && opened.isEmpty && changed.isEmpty && closed.isEmpty
    }
}
