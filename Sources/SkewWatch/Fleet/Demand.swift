/// What is wanted of the fleet at the moment, and by whom. Nothing is recorded for what nobody wants.
struct Demand: Sendable {
    /// How much somebody wants to be kept up to date about. Each part holds the ones before it.
    enum Part: Comparable, Sendable {
        /// The total and the counts by version.
        case counts
        /// The counts by route, too.
        case routes
        /// What becomes of each listed connection, too.
        case rows
    }

    /// Who may want something for longer than one question.
    enum Asker: Hashable, Sendable {
        /// Those who subscribe to statistics here.
        case viewers
        /// Other nodes, whose viewers want to see this one.
        case peers
        /// The record of the last day. It asks from time to time.
        case history
        /// Requests that wait for a condition on the counts.
        case gate
    }

    /// How much of each connection the lists show that somebody looks at.
    enum Lists: Comparable, Sendable {
        /// Nobody looks at a list.
        case none
        case rows
        /// Rows with addresses.
        case addresses
    }

    private var wants: [Asker: Part] = [:]
    /// What viewers of this node look at; other nodes are asked for it.
    var lists = Lists.none

    /// Takes in what somebody wants from now on; nil for nothing.
    mutating func set(_ part: Part?, by asker: Asker) { wants[asker] = part }

    /// The most that anybody wants to follow as it changes; nil while nobody does, since who asks from time to time needs no record of
    /// changes.
    var followed: Part? { followed { _ in true } }

    /// The most that anybody on this node wants to follow.
    var ofViewers: Part? { followed { $0 != .peers } }

    private func followed(_ isMeant: (Asker) -> Bool) -> Part? {
        wants.filter { $0.key != .history && isMeant($0.key) }.map(\.value).max()
    }
}
