internal import Presence
internal import SkewProtocol

/// The ways to be authorized, by the names that the log and the metrics use.
enum AuthorizerName: String, Sendable, CaseIterable {
    case statsToken = "stats-token"
    case jwt = "jwt"
    case authorizeURL = "authorize-url"
    case hook = "hook"

    /// Whether what it said may have changed when its time is over, so that it is asked again. A token that has ended has ended.
    var isAskedAgain: Bool { self == .authorizeURL || self == .hook }
}

/// What lets somebody watch: how much, how long, and whose word it is.
struct Grant: Sendable, Equatable {
    var authorizer: AuthorizerName
    var scope: StatisticsScope
    /// By the monotonic clock; nil for what only a revocation or a new secret ends.
    var expires: Duration?
    /// Who it is, as far as is known: cleaned and short, for the log.
    var who: String?
    /// The digest of the token that is this grant, where it is one that could be shown again.
    var token: SHA256Digest?

    /// The time to look at this grant next: its end or, where it may be renewed, early enough before it.
    func nextLook(from now: Duration) -> Duration? {
        guard let expires else { return nil }
        guard authorizer.isAskedAgain else { return expires }
        return expires - min(Self.lead, max(.zero, expires - now) / 2)
    }

    /// More than an authorizer may take to answer.
    private static let lead = Duration.seconds(5)
}

/// What an authorizer says.
enum Verdict: Sendable, Equatable {
    case granted(Grant)
    /// With the reason in a few words for the log: never a secret, nor text that the client chose.
    case denied(String)
    /// Nobody could say, which denies who asks; who watches already may do so until what was granted ends.
    case undecided(String)
}

/// All that a connection can show for itself.
struct Credentials: Sendable, Equatable {
    var head: HandshakeHead
    /// The `token` of its `subscribe-stats`.
    var token: String?

    /// Whether it shows a secret that could be a guess. A cookie is the browser's doing.
    var showsToken: Bool { token != nil || head.authorization != nil }

    /// The same for two that show the same. Kept in place of them.
    func digest(with address: String?) -> SHA256Digest {
        var bytes: [UInt8] = []
        for part in [head.cookie, head.authorization, head.origin, head.userAgent, token, address] {
            // The length in front keeps what follows from being taken for a part of this.
            bytes += eightBytes(part?.utf8.count ?? -1)
            bytes += part?.utf8 ?? "".utf8
        }
        return SHA256Digest(of: bytes)
    }

    private func eightBytes(_ count: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) } }
}

/// One way to be authorized. It says yes or no to each request, and nothing to the client.
protocol Authorizer: Sendable {
    var name: AuthorizerName { get }
    /// Whether the credentials have anything in them that it looks at. Quick, on any thread.
    func concerns(_ credentials: Credentials) -> Bool
    func judge(_ request: StatsRequest) async -> Verdict
}
