/// One connection as the list shows it.
package struct ConnectionRow: Sendable, Equatable {
    /// Who it is.
    package var id: ConnectionID
    /// The build it runs, as counted: beyond the cap it is `Statistics.otherName`.
    package var version: String
    /// Where in the app it is, as counted: beyond the cap it is `Statistics.otherName`.
    package var route: String
    /// When it opened, in milliseconds since 1970.
    package var since: Int64
    /// When it came to its route, in milliseconds since 1970; nil while it is where it opened.
    package var moved: Int64?
    /// The client's address; nil while addresses are not tracked.
    package var address: String?
    /// Whose it is, as the team names its customers; nil where nobody said.
    package var tag: String?

    /// Makes a row of its parts.
    package init(
        id: ConnectionID, version: String, route: String, since: Int64 = 0, moved: Int64? = nil, address: String? = nil,
        tag: String? = nil
    ) {
        self.id = id
        self.version = version
        self.route = route
        self.since = since
        self.moved = moved
        self.address = address
        self.tag = tag
    }
}
