/// What this node knows of another one.
package struct Peer: Sendable {
    package enum State: Sendable, Equatable {
        /// Counted. Also while it is silent for a little.
        case up
        /// Silent for too long, since then: its copy is kept aside and not counted.
        case lost(since: Duration)
        /// It said goodbye.
        case left(at: Duration)
    }

    /// What it last said of itself; nil while only others spoke of it.
    package internal(set) var introduction: Heartbeat?
    package internal(set) var state = State.up
    /// When it was last heard.
    package internal(set) var heard: Duration
    /// When it last said that it hears this node.
    var hearsMe: Duration
    var streams: [Section: PeerStream] = [:]
    /// Since when one of its sections that is wanted is not known for sure.
    var unsyncedSince: [Section: Duration] = [:]
    /// When it was last asked for a section that is not known for sure since then.
    var asked: [Section: Duration] = [:]
    /// The number of its last note.
    var lastNote: UInt64 = 0

    init(heard: Duration) {
        self.heard = heard
        hearsMe = heard
    }

    package func isSilent(at now: Duration) -> Bool { now - heard > ClusterTimes.suspect }

    /// The counts that this node adds to the view; nothing while it is lost or left.
    package func counts(_ section: Section) -> [String: Int] {
        state == .up ? streams[section]?.counts ?? [:] : [:]
    }

    /// How many tabs it adds to the view.
    package var total: Int { state == .up ? streams[.summary]?.total ?? 0 : 0 }

    /// Whether its copy of a section is known to be right.
    package func isSynced(_ section: Section) -> Bool { streams[section]?.isSynced ?? false }

    /// Whether it was asked for a section a moment ago: its answer may be on its way.
    func isAnswerAwaited(_ section: Section, at now: Duration) -> Bool {
        asked[section].map { now - $0 < ClusterTimes.answer } ?? false
    }

    /// A section is known for sure, or not looked at any more.
    mutating func closeQuestion(of section: Section) { (unsyncedSince[section], asked[section]) = (nil, nil) }

    /// Whether it said goodbye.
    package var hasLeft: Bool {
        if case .left = state { return true }
        return false
    }
}
