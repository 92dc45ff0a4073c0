internal import Presence
internal import SkewCluster

/// What changed on the loops of this node: what it has to tell the others.
struct OwnChanges: Sendable {
    /// The counts that changed, absolute, names as this node alone would show them.
    var versions: [String: Int] = [:]
    var routes: [String: Int] = [:]
    /// The listed rows that came (1) or are gone (0), by their texts.
    var rows: [String: Int] = [:]
    /// How many tabs came, by version.
    var arrivals: [String: Int] = [:]
    /// The tabs that were closed to move them elsewhere.
    var displaced: [DisplacedTab] = []
    /// What became of tabs that say they were connected before.
    var claimed: [ClaimedTab] = []
    /// When the newest change happened.
    var lastChange: Duration?
}

/// A tab that this node closed to move it elsewhere.
struct DisplacedTab: Sendable, Equatable {
    var version: String
    var route: String
    /// When it was closed.
    var closed: Duration
    /// How long after that it should be back.
    var due: Duration
    /// Which one it is, where another node claims it.
    var key: TabKey?
}

/// What a loop tells beside its counts, where other nodes are to hear of it.
struct Movements: Sendable, Equatable {
    var arrivals: [String: Int] = [:]
    var displaced: [DisplacedTab] = []
    /// In the order in which it happened.
    var claimed: [ClaimedTab] = []
}
