internal import HTTPCall
internal import SkewProtocol
internal import Synchronization

/// Asks the team's app by HTTP who may watch.
///
/// What the app says of some credentials counts for a few seconds for whoever shows the same: it is asked once for them, however
/// many tabs ask here.
struct AuthorizeURL: Authorizer {
    let name = AuthorizerName.authorizeURL
    private let url: String
    private let call: @Sendable (HTTPRequest) async throws(HTTPFault) -> HTTPAnswer
    private let audit: AuditLog
    private let calls: AppCalls
    private let clock: @Sendable () -> Duration
    private let verdicts = VerdictCache()
    /// Said once.
    private let wasToldInWords = OnceFlag()

    init(
        url: String, audit: AuditLog, calls: AppCalls = AppCalls(), clock: @escaping @Sendable () -> Duration = { MonotonicTime.now },
        call: @escaping @Sendable (HTTPRequest) async throws(HTTPFault) -> HTTPAnswer
    ) {
        self.url = url
        self.audit = audit
        self.calls = calls
        self.clock = clock
        self.call = call
    }

    func concerns(_ credentials: Credentials) -> Bool { true }

    func judge(_ request: StatsRequest) async -> Decision {
        let key = request.credentials.digest(with: request.connection.address)
        return await verdicts.verdict(for: key, clock: clock) { await ask(request) }
    }

    func known(_ request: StatsRequest) -> Decision? {
        verdicts.known(for: request.credentials.digest(with: request.connection.address), now: clock())
    }

    /// The app is asked anew about whoever asks from now on.
    func forget() { verdicts.forget() }

    private func ask(_ request: StatsRequest) async -> VerdictCache.Entry {
        let start = clock()
        let answer: AuthorizeURLAnswer
        do throws(HTTPFault) {
            answer = AuthorizeURLAnswer(try await call(httpRequest(for: request)))
        } catch {
            answer = .fault(error.reason)
        }
        let now = clock()
        calls.note(answer.counted, took: now - start)
        switch answer {
        case .granted(let scope, let ttl, let tag):
            let grant = Grant(authorizer: name, scope: scope, expires: now + ttl, who: nil, tag: tag)
            return .init(verdict: .granted(grant), until: now + min(.seconds(5), ttl / 4))
        case .denied(let reason):
            return .init(verdict: .denied("the app \(reason)"), until: now + .seconds(2))
        case .deniedInWords(let member):
            if wasToldInWords.raise() {
                audit.fault(
                    "The app behind --authorize-url says no with a success and its member \"\(member)\"; 401 or 403 says it better.",
                    now: now)
            }
            return .init(verdict: .denied("the app said no in its member \(member)"), until: now + .seconds(2))
        case .fault(let reason):
            audit.fault("The app behind --authorize-url does not decide, so statistics are denied: \(reason).", now: now)
            return .init(verdict: .undecided("the app did not decide"), until: now + .seconds(1))
        }
    }

    private func httpRequest(for request: StatsRequest) -> HTTPRequest {
        var members: [String: JSONValue] = [
            "connectionId": .string(request.connection.id), "version": .string(request.connection.version),
            "route": .string(request.connection.route),
        ]
        if let address = request.connection.address { members["address"] = .string(address) }
        if let token = request.token { members["token"] = .string(token) }
        let given = [
            ("Cookie", request.head.cookie), ("Authorization", request.head.authorization), ("Origin", request.head.origin),
            ("User-Agent", request.head.userAgent), ("Content-Type", "application/json"), ("Accept", "application/json"),
        ]
        return HTTPRequest(
            url: url, headers: given.compactMap { name, value in value.map { (name, $0) } }, body: JSONValue.object(members).encoded)
    }
}

/// Goes up once.
private final class OnceFlag: Sendable {
    private let isUp = Atomic<Bool>(false)

    /// - Returns: whether it was down.
    func raise() -> Bool { !isUp.exchange(true, ordering: .relaxed) }
}
