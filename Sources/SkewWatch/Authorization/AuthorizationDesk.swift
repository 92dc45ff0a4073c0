internal import SkewProtocol
internal import Synchronization

/// Where the trackers put their questions: authorizers are tried in order, the first that grants wins, and none means no.
///
/// The stats token is judged at once, on the loop. Everything else is judged on the shared pool, a bounded number at a time, in two
/// lines: a token that only has to be computed never waits behind an app that is slow.
final class AuthorizationDesk: Sendable {
    /// Requests that wait in each line; further ones are asked again in a second.
    static let maxWaiting = 1024
    /// Questions that are with an app or with the program at once.
    static let maxAskedAtOnce = 64
    private static let maxComputedAtOnce = 8

    struct Case: Sendable {
        var ask: SubscriptionRequest
        var request: StatsRequest
        /// The peer's address, to slow down who guesses; kept no longer than this case.
        var peer: NetworkAddress?
        /// Told the verdict.
        var tracker: ConnectionTracker
        /// Why the authorizers before said no.
        var reasons: [String] = []
        /// Whether one of them could not say.
        var isUndecided = false
    }

    let audit: AuditLog
    private let limiter = FailureLimiter()
    private let authorizers: Mutex<Authorizers>
    private let currentEpoch = Atomic<Int>(0)
    private let computing: AsyncStream<Case>
    private let computingInput: AsyncStream<Case>.Continuation
    private let asking: AsyncStream<Case>
    private let askingInput: AsyncStream<Case>.Continuation

    init(_ authorizers: Authorizers, audit: AuditLog) {
        self.authorizers = Mutex(authorizers)
        self.audit = audit
        (computing, computingInput) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.maxWaiting))
        (asking, askingInput) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.maxWaiting))
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
        for authorizer in authorizers.withLock({ $0.all }) where await authorizer.prepare() { hasRead = true }
        return hasRead
    }

    /// Forgets what apps said a moment ago, so that a revocation is not undone by it.
    func forgetVerdicts() {
        for authorizer in authorizers.withLock({ $0.all }) { authorizer.forget() }
        currentEpoch.add(1, ordering: .releasing)
    }

    /// Does not let in again who shows the token of this grant, as long as it would have lasted.
    func revoke(_ grant: Grant, now: Duration) {
        guard let token = grant.token, let expires = grant.expires else { return }
        authorizers.withLock { $0.revoked }.add(token, expires: expires, now: now)
    }

    /// The token of the admin endpoints.
    var adminToken: Secret? { authorizers.withLock { $0.adminToken } }

    /// Whether an `Authorization` header carries the stats token.
    func isStatsToken(_ authorization: [UInt8]) -> Bool { authorizers.withLock { $0.statsToken }.isCarried(by: authorization) }

    // MARK: On the loop

    /// The verdict, where it needs no waiting; nil where the question must be submitted.
    /// - Parameter peer: called only where a token is shown.
    func judgeAtOnce(_ credentials: Credentials, peer: () -> NetworkAddress?, now: Duration) -> Decision? {
        let authorizers = authorizers.withLock { $0 }
        if credentials.showsToken, limiter.isOverLimit(peer(), now: now) { return .denied("too many wrong tokens from its address") }
        if authorizers.statsToken.isCarried(by: credentials) {
            return .granted(Grant(authorizer: .statsToken, scope: .ips, expires: nil, who: nil))
        }
        if (authorizers.computing + authorizers.asking).contains(where: { $0.concerns(credentials) }) { return nil }
        guard credentials.showsToken else { return .denied("it shows no token") }
        limiter.noteFailure(peer(), now: now)
        return .denied("its token is wrong")
    }

    /// Takes a question without waiting; any thread.
    /// - Returns: false when too many wait.
    func submit(_ item: Case) -> Bool {
        let isComputed = authorizers.withLock { $0 }.computing.contains { $0.concerns(item.request.credentials) }
        return put(item, into: isComputed ? computingInput : askingInput)
    }

    private func put(_ item: Case, into line: AsyncStream<Case>.Continuation) -> Bool {
        if case .enqueued = line.yield(item) { return true }
        return false
    }

    // MARK: On the pool

    /// Works until its task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.prepare() }
            group.addTask { await Self.work(self.computing, atOnce: Self.maxComputedAtOnce) { await self.compute($0) } }
            group.addTask { await Self.work(self.asking, atOnce: Self.maxAskedAtOnce) { await self.ask($0) } }
        }
    }

    private static func work(
        _ line: AsyncStream<Case>, atOnce limit: Int, _ judge: @escaping @Sendable (Case) async -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await item in line {
                if running == limit {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask { await judge(item) }
            }
            group.cancelAll()
        }
    }

    private func compute(_ item: Case) async {
        var item = item
        let authorizers = authorizers.withLock { $0 }
        if let verdict = await firstGrant(authorizers.computing, &item) { return await settle(item, verdict) }
        let isDone = !authorizers.asking.contains { $0.concerns(item.request.credentials) }
        if isDone { return await deny(item) }
        if !put(item, into: askingInput) { await settle(item, .postponed) }
    }

    private func ask(_ item: Case) async {
        var item = item
        if let verdict = await firstGrant(authorizers.withLock { $0 }.asking, &item) { return await settle(item, verdict) }
        await deny(item)
    }

    private func firstGrant(_ authorizers: [any Authorizer], _ item: inout Case) async -> Decision? {
        for authorizer in authorizers where authorizer.concerns(item.request.credentials) {
            switch await authorizer.judge(item.request) {
            case .granted(let grant): return .granted(grant)
            case .denied(let reason): item.reasons.append("\(authorizer.name.rawValue): \(reason)")
            case .undecided(let reason):
                item.reasons.append("\(authorizer.name.rawValue): \(reason)")
                item.isUndecided = true
            case .postponed: return .postponed
            }
        }
        return nil
    }

    private func deny(_ item: Case) async {
        let reasons = item.reasons.joined(separator: "; ")
        if item.isUndecided { return await settle(item, .undecided(reasons)) }
        if item.request.credentials.showsToken { limiter.noteFailure(item.peer, now: MonotonicTime.now) }
        await settle(item, .denied(reasons))
    }

    private func settle(_ item: Case, _ verdict: Decision) async {
        await item.tracker.decided(item.ask, verdict)
    }
}
