internal import Presence
internal import WebSocketLoop

/// A connection beside its row: an array of them is indexed by the index of the socket.
struct Connection: Sendable {
    /// How it gets its messages, and who it is to us.
    struct Kind: Hashable, Sendable {
        var transport: Transport
        var audience: Audience
    }

    /// Who is at the other end: a closed set, with the names that metrics use.
    enum Audience: String, Sendable, CaseIterable {
        /// A tab, which is counted.
        case tab
        /// A crawler: served, but nobody has it open.
        case crawler
        /// Somebody who only watches, and said so by `observer=1`.
        case observer
    }

    let id: ConnectionID
    /// The row in the roster; nil where it is not counted.
    let slot: Slot?
    let kind: Kind

    var isStream: Bool { kind.transport == .eventStream }
}
