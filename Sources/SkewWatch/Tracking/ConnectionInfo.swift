internal import Presence
internal import SkewProtocol

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

extension ConnectionTracker {
    /// What an embedding program and the authorizers hear of a connection.
    func info(of connection: Connection) -> ConnectionInfo {
        guard let slot = connection.slot else {
            return ConnectionInfo(id: connection.id.description, version: DeclaredIdentity.unknownVersion, route: "/", address: nil)
        }
        return info(at: slot)
    }

    /// The same of a row.
    func info(at slot: Slot) -> ConnectionInfo {
        let row = row(at: slot)
        return ConnectionInfo(id: row.id.description, version: row.version, route: row.route, address: row.address)
    }
}
