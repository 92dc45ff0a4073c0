/// What a server keeps of connections besides their versions: said once to each subscriber, so that a page can tell what is off from
/// what is empty.
package struct TrackedParts: Hashable, Sendable {
    package var routes: Bool
    package var addresses: Bool
    package var tags: Bool

    /// Makes it of its parts.
    package init(routes: Bool = false, addresses: Bool = false, tags: Bool = false) {
        self.routes = routes
        self.addresses = addresses
        self.tags = tags
    }
}
