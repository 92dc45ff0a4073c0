internal import Synchronization

/// ``TabClaims`` for all loops of a server. Any thread.
final class TabDirectory: Sendable {
    /// How names become keys.
    let keys: TabKeys
    private let claims = Mutex(TabClaims())

    init(keys: TabKeys = TabKeys()) { self.keys = keys }

    func claim(_ key: TabKey, by owner: TabClaims.Owner, since: UInt32, at now: Duration) -> TabClaims.Verdict {
        claims.withLock { $0.claim(key, by: owner, since: since, at: now) }
    }

    func release(_ number: TabClaims.Number, tracker: UInt8, index: Int) {
        claims.withLock { $0.release(number, tracker: tracker, index: index) }
    }

    /// How many tabs have somebody who stands for them.
    var count: Int { claims.withLock { $0.count } }
}
