internal import Presence

/// What a source of the fleet hands over: what changed there since it was last asked.
struct SourceChanges: Sendable {
    var delta: StatisticsDelta
    /// The rows as they were at the moment of the delta, where they were asked for. A copy that costs nothing until the loop goes on.
    var roster: Roster?
    /// When the newest change happened, if there was one since the last time.
    var lastChange: Duration?
    /// Who came, and who was moved elsewhere; nil where there are no other nodes to hear of it.
    var movements: Movements?
}
