internal import Cryptography
internal import SkewProtocol
internal import Synchronization

/// Where requests to watch and to read are decided: authorizers are tried in order, the first that grants wins, and none means no.
///
/// Tokens of the settings are compared at once, on the loop. Everything else is decided on the shared pool, in three lines: what only
/// has to be computed never waits behind an app that is slow, nor behind a token whose key has to be read from somewhere first.
final class AuthorizationDesk: Sendable {
    /// Requests that are with an app or with the program at once; an eighth of them is kept for who watches already, and half is the
    /// most that one address gets.
    static let maxAskedAtOnce = 64
    private static let maxComputedAtOnce = 8

    let audit: AuditLog
    let calls: AppCalls
    let guesses = GuessLimiter()
    private let authorizers: Mutex<Authorizers>
    private let currentEpoch = Atomic<Int>(0)
    private let computing = WaitingLine(
        .init(served: maxComputedAtOnce, servedPerKey: maxComputedAtOnce / 2, keptForRenewals: 1))
    /// Tokens whose keys are being read.
    private let reading = WaitingLine(
        .init(served: maxAskedAtOnce, servedPerKey: maxAskedAtOnce / 2, keptForRenewals: maxAskedAtOnce / 8))
    private let asking = WaitingLine(
        .init(served: maxAskedAtOnce, servedPerKey: maxAskedAtOnce / 2, keptForRenewals: maxAskedAtOnce / 8))

    init(_ authorizers: Authorizers, audit: AuditLog, calls: AppCalls = AppCalls()) {
        self.authorizers = Mutex(authorizers)
        self.audit = audit
        self.calls = calls
    }

    /// Changes with every revocation and every change of secrets.
    var epoch: Int { currentEpoch.load(ordering: .acquiring) }

    /// Puts other authorizers in force, made from those that are.
    func replace(_ make: (_ current: Authorizers) -> Authorizers) {
        authorizers.withLock { $0 = make($0) }
        currentEpoch.add(1, ordering: .releasing)
    }

    /// Reads what the authorizers in force read from files and URLs.
    /// - Returns: whether there was anything to read.
    @discardableResult
    func prepare() async -> Bool {
        var hasRead = false
        for authorizer in current.all where await authorizer.prepare() { hasRead = true }
        return hasRead
    }

    /// Forgets what apps said a moment ago, so that a revocation is not undone by it.
    func forgetVerdicts() {
        for authorizer in current.all { authorizer.forget() }
        currentEpoch.add(1, ordering: .releasing)
    }

    /// Does not let in again who shows the token of this grant, as long as it would have lasted.
    func revoke(_ grant: Grant, now: Duration) {
        guard let token = grant.token, let expires = grant.expires else { return }
        current.revoked.add(token, expires: expires, now: now)
    }

    /// Another node let somebody in by a token that is not to be good any more.
    func revoke(tokenWithDigest hexadecimal: String, for span: Duration, now: Duration) {
        guard let token = SHA256Digest(hexadecimal: hexadecimal) else { return }
        current.revoked.add(token, expires: now + span, now: now)
    }

    private var current: Authorizers { authorizers.withLock { $0 } }

    /// What decides who may use the endpoints of operators.
    var accessRules: (tokens: AccessTokens, authorizers: [any Authorizer]) {
        let current = current
        return (current.tokens, current.all)
    }

    // MARK: At once, on the loop

    /// The decision, where it needs no waiting; nil where the request must be submitted.
    /// - Parameters:
    ///   - isRenewal: whether what was granted before is looked at again: no guess, and under no limit.
    ///   - address: from where; called only where a token is shown.
    func decideAtOnce(_ credentials: Credentials, isRenewal: Bool, address: () -> AddressHash?, now: Duration) -> Decision? {
        let authorizers = current
        if let token = authorizers.tokens.stats(in: credentials) {
            if !isRenewal, !token.isLong, guesses.wait(for: address(), now: now) != nil {
                return .denied("too many wrong tokens from its address")
            }
            // Of several tokens the log says which one it was, so that an old one is known to be out of use.
            let who = token.name == AuthorizerName.statsToken.rawValue ? nil : token.name
            return .granted(Grant(authorizer: .statsToken, scope: .ips, expires: nil, who: who))
        }
        if authorizers.all.contains(where: { $0.concerns(credentials) }) { return nil }
        guard credentials.showsToken else { return .denied("it shows no token") }
        if !isRenewal { guesses.noteFailure(address(), now: now) }
        return .denied("its token is wrong")
    }

    /// Takes a request without waiting; any thread. What becomes of it is told to its `reply`.
    func submit(_ pending: PendingDecision, now: Duration) {
        let authorizers = current
        let credentials = pending.request.credentials
        if authorizers.computing.contains(where: { $0.concerns(credentials) }) { return computing.add(pending, now: now) }
        // What an app said of the same credentials a moment ago takes nobody's place.
        if authorizers.asking.count == 1, let known = authorizers.asking[0].known(pending.request) {
            var pending = pending
            return note(known, of: authorizers.asking[0], in: &pending) ? pending.reply(known) : deny(pending)
        }
        asking.add(pending, now: now)
    }

    // MARK: On the pool

    /// Works until its task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.prepare() }
            group.addTask { await self.computing.run { await self.compute($0) } }
            group.addTask { await self.reading.run { await self.computeWithKeys($0) } }
            group.addTask { await self.asking.run { await self.ask($0) } }
        }
    }

    private func compute(_ pending: PendingDecision) async {
        var pending = pending
        for authorizer in current.computing where authorizer.concerns(pending.request.credentials) {
            guard let decision = await authorizer.decideAtHand(pending.request) else { return reading.add(pending, now: MonotonicTime.now) }
            if note(decision, of: authorizer, in: &pending) { return pending.reply(decision) }
        }
        goOn(pending)
    }

    private func computeWithKeys(_ pending: PendingDecision) async {
        var pending = pending
        if let decision = await firstGrant(current.computing, &pending) { return pending.reply(decision) }
        goOn(pending)
    }

    /// What is computed has not granted: somebody is asked, where there is somebody to ask.
    private func goOn(_ pending: PendingDecision) {
        let mustAsk = current.asking.contains { $0.concerns(pending.request.credentials) }
        if mustAsk { asking.add(pending, now: MonotonicTime.now) } else { deny(pending) }
    }

    private func ask(_ pending: PendingDecision) async {
        var pending = pending
        if let decision = await firstGrant(current.asking, &pending) { return pending.reply(decision) }
        deny(pending)
    }

    private func firstGrant(_ authorizers: [any Authorizer], _ pending: inout PendingDecision) async -> Decision? {
        for authorizer in authorizers where authorizer.concerns(pending.request.credentials) {
            let decision = await authorizer.judge(pending.request)
            if note(decision, of: authorizer, in: &pending) { return decision }
        }
        return nil
    }

    /// - Returns: whether that decides.
    private func note(_ decision: Decision, of authorizer: any Authorizer, in pending: inout PendingDecision) -> Bool {
        switch decision {
        case .granted, .postponed: return true
        case .denied(let reason): pending.reasons.append("\(authorizer.name.rawValue): \(reason)")
        case .undecided(let reason):
            pending.reasons.append("\(authorizer.name.rawValue): \(reason)")
            pending.isUndecided = true
        }
        return false
    }

    private func deny(_ pending: PendingDecision) {
        let reasons = pending.reasons.joined(separator: "; ")
        if pending.isUndecided { return pending.reply(.undecided(reasons)) }
        if pending.mayBeGuess { guesses.noteFailure(pending.address, now: MonotonicTime.now) }
        pending.reply(.denied(reasons))
    }
}
