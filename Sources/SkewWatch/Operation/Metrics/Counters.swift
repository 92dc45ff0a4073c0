internal import SkewProtocol
internal import WebSocketLoop

/// What happened on one loop since the start: plain numbers that the loop's own thread adds to, so that counting costs nothing.
struct Counters: Sendable {
    /// WebSockets and streams that were opened.
    var opened: Tally<Connection.Kind> = [:]
    /// Those of them that are gone, and why.
    var closed: Tally<Closing> = [:]
    var rejected: [Rejection: Int] = [:]
    var authorizations: [Answer: Int] = [:]
    var messages: Tally<MessageKind> = [:]
    var ignored: [ClientMessage.IgnoredReason: Int] = [:]
    /// Requests of operators that were answered.
    var adminRequests: [AdminRequest: Int] = [:]
    /// Broadcasts that a subscriber did not get because it was behind: it got a newer state later.
    var coalescedPushes = 0
    /// Tabs that said that they have connected before.
    var reconnects = 0

    /// What connections ended, and how.
    struct Closing: Hashable, Sendable {
        var kind: Connection.Kind
        var reason: ClosingReason
    }

    /// Why a connection is gone: what the loop saw, or the server's own plan.
    enum ClosingReason: Hashable, Sendable, CaseIterable {
        case disconnected(DisconnectReason)
        /// The server ends, and closes its connections one after the other.
        case drained
        /// The same tab has connected anew.
        case replaced

        static let allCases = DisconnectReason.allCases.map { Self.disconnected($0) } + [.drained, .replaced]

        /// As metrics show it.
        var name: String {
            switch self {
            case .disconnected(let reason): reason.name
            case .drained: "drained"
            case .replaced: "replaced"
            }
        }
    }

    /// A request of an operator, and what it came to.
    struct AdminRequest: Hashable, Sendable {
        /// Behind the base path.
        var path: String
        var result: Result

        enum Result: String, Sendable, CaseIterable {
            case ok, unauthorized, throttled, refused, failed

            /// - Parameter status: of the answer.
            init(status: Int) {
                switch status {
                case 200..<400: self = .ok
                case 401: self = .unauthorized
                case 429: self = .throttled
                case 400..<500: self = .refused
                default: self = .failed
                }
            }
        }
    }

    enum Rejection: String, Sendable, CaseIterable {
        case connectionLimit = "connection_limit"
        case addressLimit = "address_limit"
        case addressRate = "address_rate"
        case outOfDescriptors = "out_of_descriptors"
        case malformedHead = "malformed_head"
        case crowdedOut = "crowded_out"
        case noTrustedProxy = "no_trusted_proxy"
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
            case .noTrustedProxy: self = .noTrustedProxy
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
        case tabs
    }

    /// How many of an audience came, by transport.
    func opened(_ audience: Connection.Audience) -> [Transport: Int] { Self.of(audience, in: opened.counts) }

    /// How many of an audience are there, by transport.
    func open(_ audience: Connection.Audience) -> [Transport: Int] {
        closed.counts.reduce(into: opened(audience)) { counts, entry in
            if entry.key.kind.audience == audience { counts[entry.key.kind.transport, default: 0] -= entry.value }
        }
    }

    /// How many are gone for a reason, whoever they were.
    func closed(_ reason: ClosingReason) -> Int { closed.counts.reduce(0) { $1.key.reason == reason ? $0 + $1.value : $0 } }

    private static func of(_ audience: Connection.Audience, in counts: [Connection.Kind: Int]) -> [Transport: Int] {
        counts.reduce(into: [:]) { if $1.key.audience == audience { $0[$1.key.transport] = $1.value } }
    }

    mutating func merge(_ other: Counters) {
        opened.merge(other.opened)
        closed.merge(other.closed)
        rejected.merge(other.rejected, uniquingKeysWith: +)
        authorizations.merge(other.authorizations, uniquingKeysWith: +)
        messages.merge(other.messages)
        ignored.merge(other.ignored, uniquingKeysWith: +)
        adminRequests.merge(other.adminRequests, uniquingKeysWith: +)
        coalescedPushes += other.coalescedPushes
        reconnects += other.reconnects
    }
}
