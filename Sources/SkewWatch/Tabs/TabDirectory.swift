internal import SkewCluster
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

    /// Who stands for those of these tabs that are here.
    func find(_ claims: [TabClaim]) -> [(claim: TabClaim, owner: TabClaims.Owner, number: TabClaims.Number)] {
        self.claims.withLock { known in claims.compactMap { claim in known.find(claim.key).map { (claim, $0.owner, $0.number) } } }
    }

    /// How many tabs have somebody who stands for them.
    var count: Int { claims.withLock { $0.count } }
}
