internal import SkewProtocol
internal import WebSocketLoop

/// What happened on one loop since the start: plain numbers that the loop's own thread adds to, so that counting costs nothing.
struct Counters: Sendable {
    /// WebSockets and streams that were opened.
    var opened: [Connection.Kind: Int] = [:]
    /// Those of them that are gone.
    var ended: [Connection.Kind: Int] = [:]
    /// Why.
    var closed: [DisconnectReason: Int] = [:]
    var rejected: [Rejection: Int] = [:]
    var authorizations: [Answer: Int] = [:]
    var messages: [MessageKind: Int] = [:]
    var ignored: [ClientMessage.IgnoredReason: Int] = [:]
    /// Broadcasts that a subscriber did not get because it was behind: it got a newer state later.
    var coalescedPushes = 0

    enum Rejection: String, Sendable, CaseIterable {
        case connectionLimit = "connection_limit"
        case addressLimit = "address_limit"
        case addressRate = "address_rate"
        case outOfDescriptors = "out_of_descriptors"
        case malformedHead = "malformed_head"
        case crowdedOut = "crowded_out"
        case origin
        case notFound = "not_found"
        case method

        init(_ refusal: ConnectionRefusal) {
            switch refusal {
            case .connectionLimit: self = .connectionLimit
            case .outOfDescriptors: self = .outOfDescriptors
            case .addressLimit: self = .addressLimit
            case .addressRate: self = .addressRate
            case .malformedHead: self = .malformedHead
            case .crowdedOut: self = .crowdedOut
            }
        }
    }

    enum Answer: String, Sendable, CaseIterable {
        case granted, denied
    }

    enum MessageKind: String, Sendable, CaseIterable {
        case ping
        case routeUpdate = "route-update"
        case subscribeStats = "subscribe-stats"
        case unsubscribeStats = "unsubscribe-stats"
    }

    /// How many of an audience came, by transport.
    func opened(_ audience: Connection.Audience) -> [Transport: Int] { Self.of(audience, in: opened) }

    /// How many of an audience are there, by transport.
    func open(_ audience: Connection.Audience) -> [Transport: Int] {
        Self.of(audience, in: opened.merging(ended.mapValues { -$0 }, uniquingKeysWith: +))
    }

    private static func of(_ audience: Connection.Audience, in counts: [Connection.Kind: Int]) -> [Transport: Int] {
        counts.reduce(into: [:]) { if $1.key.audience == audience { $0[$1.key.transport] = $1.value } }
    }

    mutating func merge(_ other: Counters) {
        opened.merge(other.opened, uniquingKeysWith: +)
        ended.merge(other.ended, uniquingKeysWith: +)
        closed.merge(other.closed, uniquingKeysWith: +)
        rejected.merge(other.rejected, uniquingKeysWith: +)
        authorizations.merge(other.authorizations, uniquingKeysWith: +)
        messages.merge(other.messages, uniquingKeysWith: +)
        ignored.merge(other.ignored, uniquingKeysWith: +)
        coalescedPushes += other.coalescedPushes
    }
}
