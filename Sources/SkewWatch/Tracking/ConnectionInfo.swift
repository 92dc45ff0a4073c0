/// A connection as an embedding program sees it.
public struct ConnectionInfo: Sendable, Equatable {
    /// The id that statistics show, a UUID in lower case.
    public let id: String
    /// What it said of itself or, where it said nothing, the release; `unknown` where neither is known.
    public let version: String
    /// `/` while routes are not tracked.
    public let route: String
    /// The address of the peer; nil while addresses are not tracked.
    public let address: String?
}
