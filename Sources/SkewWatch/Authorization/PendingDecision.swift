internal import Cryptography

/// One request that waits for the authorizers, and where their decision goes.
struct PendingDecision: Sendable {
    let request: StatsRequest
    /// Who asks, to tell who asks for the first time from who asks again.
    let asker: String
    /// From where: nobody's crowd keeps other addresses waiting, and wrong tokens count for it. Kept no longer than this request.
    let address: AddressHash?
    let standing: SubscriptionRequest.Standing
    /// Called once, on any thread; must return quickly.
    let reply: @Sendable (Decision) -> Void
    /// Why the authorizers before said no.
    var reasons: [String] = []
    /// Whether one of them could not say.
    var isUndecided = false

    /// Whether a no means that a wrong token was shown. Who watches has shown a right one, which may be out of force by now.
    var mayBeGuess: Bool { standing != .watching && request.credentials.showsToken }
}
