/// What a server keeps of connections besides their versions: said once to each subscriber, so that a page can tell what is off from
/// what is empty.
package struct TrackedParts: Hashable, Sendable {
    package var routes: Bool
    package var addresses: Bool
    package var tags: Bool
    /// Versions that are previews, and never old.
    package var previews: [String]

    /// Makes it of its parts.
    package init(routes: Bool = false, addresses: Bool = false, tags: Bool = false, previews: [String] = []) {
        self.routes = routes
        self.addresses = addresses
        self.tags = tags
        self.previews = previews
    }
}
