/// What a node knows of the tabs that are between two nodes: those that it closed itself and has to tell of, and those that any node
/// expects back.
struct TabMoves: Sendable {
    private let instance: InstanceID
    private var transit = Transit()
    private var untold: DisplacedTabs
    /// Whether it is still to hear who was in transit before it came; the first settled node that answers knows all.
    private var takesAll = true

    init(of instance: InstanceID) {
        self.instance = instance
        untold = DisplacedTabs(of: instance)
    }

    // MARK: What happens here

    /// This node closed a tab to move it elsewhere; see ``ClusterNode/displaced(version:route:due:key:at:)``.
    mutating func displaced(version: String, route: String, due: Duration, at now: Duration) {
        transit.expect(untold.add(version: version, route: route, due: due, at: now), at: now)
    }

    /// So many tabs of a version came to some node.
    mutating func arrived(_ version: String, _ count: Int, at now: Duration) { transit.arrived(version, count, at: now) }

    /// Something may have been missed: all but what this node closed itself is to be told anew.
    mutating func startOver(at now: Duration) {
        transit.startOver()
        takesAll = true
        for entry in untold.entries(at: now) { transit.expect(entry, at: now) }
    }

    /// Lets go of those whose time is over.
    mutating func expire(at now: Duration) { transit.expire(at: now) }

    // MARK: What others say

    /// Other nodes closed tabs. Said again, it changes nothing.
    /// - Parameter isAdopted: whether their arrival may have been missed, so that ``adopt(_:isSettling:at:)`` may take them out again.
    mutating func expect(_ moved: [TransitEntry], isAdopted: Bool, at now: Duration) {
        for entry in moved { transit.expect(entry, isAdopted: isAdopted, at: now) }
    }

    /// Takes over who is in transit from a node that was there before. Each further one takes out whom it has seen arrive, as long as
    /// this node asks around.
    mutating func adopt(_ moved: [TransitEntry], isSettling: Bool, at now: Duration) {
        if takesAll {
            takesAll = false
            expect(moved, isAdopted: true, at: now)
        } else if isSettling {
            transit.keepAdopted(Set(moved.map(\.id)))
        }
    }

    // MARK: What is to be told

    /// Whether this node closed tabs and has not said so.
    var isTellingDue: Bool { !untold.isEmpty }

    /// Those that this node closed, as many as one message holds; they are taken as told.
    mutating func takeUntold(at now: Duration) -> [TransitEntry] { untold.take(at: now) }

    /// All that are expected, for a snapshot.
    func entries(at now: Duration) -> [TransitEntry] { transit.entries(at: now) }

    /// Those that this node closed and that are expected still, as many as one message holds.
    func own(at now: Duration) -> [TransitEntry] {
        Array(transit.entries(at: now).filter { $0.id.instance == instance }.prefix(DisplacedTabs.maxTold))
    }

    // MARK: What is counted

    /// How many are expected.
    var count: Int { transit.count }

    /// How many are expected, by name.
    func counts(_ section: Section) -> [String: Int] { transit.counts(section) }

    /// By how much the counts of a section changed since the last call, by name.
    mutating func takeChanges(_ section: Section) -> [String: Int] { transit.takeChanges(section) }
}
