internal import Cryptography
internal import Synchronization

/// Tokens whose bearers were cut off: they stay good by their signature, so they are remembered until they would have expired.
///
/// Only digests are kept, and only in this process.
final class RevokedTokens: Sendable {
    /// Tokens that are remembered; when more are revoked, those that expire first are forgotten first.
    static let maxTokens = 10_000

    private let ends = Mutex<[SHA256Digest: Duration]>([:])

    /// - Parameter expires: when its grant would have ended.
    func add(_ token: SHA256Digest, expires: Duration, now: Duration) {
        let end = expires + .seconds(TokenRules.leeway)
        ends.withLock { ends in
            if ends.count >= Self.maxTokens {
                ends = ends.filter { $0.value > now }
                if ends.count >= Self.maxTokens, let first = ends.min(by: { $0.value < $1.value }) { ends[first.key] = nil }
            }
            ends[token] = end
        }
    }

    func contains(_ token: SHA256Digest, now: Duration) -> Bool {
        ends.withLock { $0[token].map { $0 > now } ?? false }
    }
}
