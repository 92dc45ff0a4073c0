internal import HTTPCall
internal import SkewProtocol

/// Keeps the public keys of a file or URL, reads them again when a token names a key that is not among them, and now and then.
actor KeySource {
    /// At most one reading in this time, whatever tokens come.
    static let shortestPause = Duration.seconds(30)
    /// Keys are read again when they are older than this: one that was taken out of the set is not trusted for longer.
    static let longestUse = Duration.seconds(600)
    /// While they cannot be read, the old ones are used until they are older than this.
    static let longestWithoutReading = Duration.seconds(3600)

    nonisolated let place: String
    private let audit: AuditLog
    private let clock: @Sendable () -> Duration
    private let read: @Sendable () async -> Result<[UInt8], Fault>
    private var keys: TokenKeys?
    private var readAt: Duration?
    private var triedAt: Duration?
    private var isReading = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// Why the keys cannot be read, in words for the log.
    struct Fault: Error {
        var reason: String
    }

    init(
        place: String, audit: AuditLog, clock: @escaping @Sendable () -> Duration = { MonotonicTime.now },
        read: @escaping @Sendable () async -> Result<[UInt8], Fault>
    ) {
        self.place = place
        self.audit = audit
        self.clock = clock
        self.read = read
    }

    /// The keys to check a token with: those that are known or, when they are old or lack the token's, read again.
    func keys(for token: WebToken) async -> TokenKeys? {
        if !isGoodFor(token) { await readAgain() }
        guard let readAt, clock() - readAt < Self.longestWithoutReading else { return nil }
        return keys
    }

    /// What is known of the keys for a token, without waiting.
    enum AtHand {
        case keys(TokenKeys)
        /// They have to be read first, or are being read.
        case mustBeRead
        /// They could not be read.
        case unavailable
    }

    func keysAtHand(for token: WebToken) -> AtHand {
        if !isGoodFor(token), isReading || mayRead { return .mustBeRead }
        guard let keys, let readAt, clock() - readAt < Self.longestWithoutReading else { return .unavailable }
        return .keys(keys)
    }

    private var mayRead: Bool { triedAt.map { clock() - $0 >= Self.shortestPause } ?? true }

    /// Reads the keys now: at the start, so that a fault shows then, and when the operator says that they are others.
    func load() async {
        // What is being read now may be from before the change.
        if isReading { await readAgain() }
        triedAt = nil
        await readAgain()
    }

    private func isGoodFor(_ token: WebToken) -> Bool {
        guard let keys, let readAt, clock() - readAt < Self.longestUse else { return false }
        guard case .publicKeys(let known) = keys, let id = token.keyID else { return true }
        return known.contains { $0.id == id }
    }

    private func readAgain() async {
        // Whoever comes meanwhile waits for the same reading.
        if isReading { return await withCheckedContinuation { waiters.append($0) } }
        guard mayRead else { return }
        triedAt = clock()
        isReading = true
        let result = await read()
        isReading = false
        switch result {
        case .success(let bytes):
            if let keys = TokenKeys(keySet: bytes) {
                self.keys = keys
                readAt = clock()
            } else {
                fault("it holds no key set with a usable key")
            }
        case .failure(let failure): fault(failure.reason)
        }
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    private func fault(_ reason: String) {
        audit.fault(Self.sentence(place: place, reason: reason), now: clock())
    }

    private static func sentence(place: String, reason: String) -> String {
        "The keys of --jwt-jwks cannot be read from \(place): \(reason)."
    }
}

extension Configuration {
    /// Reads the keys of JWTs where they are at a URL, as a server does; at most five seconds.
    /// - Returns: one sentence when they cannot be read or used.
    package func warningOfDistantKeys() async -> String? {
        guard let jwtJWKS, jwtJWKS.contains("://") else { return nil }
        let caller = HTTPCaller(caFile: caFile)
        defer { caller.end() }
        return await KeySource.warning(of: jwtJWKS, caller)
    }
}

extension KeySource {
    fileprivate static func warning(of url: String, _ caller: HTTPCaller) async -> String? {
        switch await read(url, caller) {
        case .failure(let fault): sentence(place: url, reason: fault.reason)
        case .success(let bytes):
            TokenKeys(keySet: bytes) == nil ? sentence(place: url, reason: "it holds no key set with a usable key") : nil
        }
    }

    private static func read(_ url: String, _ caller: HTTPCaller) async -> Result<[UInt8], Fault> {
        do throws(HTTPFault) {
            let answer = try await caller.call(
                HTTPRequest(
                    url: url, headers: [("Accept", "application/json"), ("User-Agent", "skewwatch/\(BuildInfo.version)")],
                    timeout: .seconds(5), maxAnswerBytes: 262_144))
            return answer.status == 200 ? .success(answer.body) : .failure(Fault(reason: "it answered \(answer.status)"))
        } catch {
            return .failure(Fault(reason: error.reason))
        }
    }
}

extension KeySource {
    /// - Parameter place: the path of a file, or a URL.
    init(place: String, audit: AuditLog, caller: HTTPCaller) {
        guard place.contains("://") else {
            self.init(place: place, audit: audit) {
                do throws(FileReadingError) {
                    return .success(try FileContents.read(place))
                } catch {
                    return .failure(Fault(reason: error.reason))
                }
            }
            return
        }
        self.init(place: place, audit: audit) { await Self.read(place, caller) }
    }
}
