internal import Cryptography
internal import SkewProtocol

/// What a request to an endpoint of operators shows for itself.
struct AccessRequest: Sendable {
    /// A token in a header; nil where none is shown.
    var token: [UInt8]?
    /// What an app or the program may want to see of it.
    var head: HandshakeHead
    /// From where; nil where it is not known.
    var address: AddressHash?
    /// The address itself, where addresses are tracked: an app is told.
    var shownAddress: String?

    fileprivate var credentials: Credentials {
        Credentials(head: head, token: token.flatMap { String(validating: $0, as: UTF8.self) })
    }
}

/// Who may use the endpoints of operators: one way to ask, and one limit for guesses, for all of them.
extension AuthorizationDesk {
    /// The decision, where it needs no waiting; nil where ``decideAccess(_:now:reply:)`` must be called. Any thread.
    func decideAccessAtOnce(_ need: AccessNeed, _ request: AccessRequest, now: Duration) -> AccessDecision? {
        let (tokens, authorizers) = accessRules
        let asksOthers = need == .reading && authorizers.contains { $0.concerns(request.credentials) }
        let rule = AccessRule(tokens: tokens, asksOthers: asksOthers)
        switch rule.step(for: need, token: request.token, wait: guesses.wait(for: request.address, now: now)) {
        case .ask: return nil
        case .decided(let decision, let isGuess):
            if isGuess { guesses.noteFailure(request.address, now: now) }
            return decision
        }
    }

    /// Asks the authorizers whether a request may read. Any thread; does not wait.
    /// - Parameter reply: called once, on any thread; must return quickly.
    func decideAccess(_ request: AccessRequest, now: Duration, reply: @escaping @Sendable (AccessDecision) -> Void) {
        let credentials = request.credentials
        let connection = ConnectionInfo(id: "", version: "", route: "/", address: request.shownAddress)
        let key = credentials.digest(with: request.shownAddress).hexadecimal
        submit(
            PendingDecision(
                request: StatsRequest(connection: connection, credentials: credentials), asker: key, address: request.address,
                standing: .newcomer,
                reply: { decision in
                    let wait = self.guesses.wait(for: request.address, now: MonotonicTime.now)
                    reply(AccessRule.decision(decision, showsToken: credentials.showsToken, wait: wait))
                }), now: now)
    }
}
