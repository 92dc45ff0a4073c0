internal import Cryptography
internal import Presence
internal import SkewProtocol

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
    /// Whose connection it is, as the app says; nil where it does not say.
    var tag: String?

    /// The time to look at this grant next: its end or, where it may be renewed, early enough before it.
    func nextLook(from now: Duration) -> Duration? {
        guard let expires else { return nil }
        guard authorizer.isAskedAgain else { return expires }
        return expires - min(Self.lead, max(.zero, expires - now) / 2)
    }

    /// More than an authorizer may take to answer.
    private static let lead = Duration.seconds(5)
}
