/// Redis as a witness: `PUBLISH` answers how many subscribers a message went to. Where no subscriber is left for a node that fell silent,
/// there is nothing to wait for, and it is gone after 2.5 s instead of 6.
///
/// It must not be believed because of the very crash it reports: so it is used only while the number has made sense.
package struct Witness: Sendable {
    /// Fewer receivers than are heard, for so long: not all are clients of this Redis (Redis Cluster), and the number says nothing.
    private static let patienceWithFewer = Duration.milliseconds(3500)
    /// More receivers than are heard, for so long: somebody is subscribed whom nobody hears.
    private static let patienceWithMore = Duration.milliseconds(1500)

    private var receivers: Int?
    private var fewerSince: Duration?
    private var moreSince: Duration?
    private var isUseless = false

    package init() {}

    /// A new connection: what the last one said counts no more.
    package mutating func startOver() { self = Witness() }

    /// What the last `PUBLISH` answered.
    package mutating func published(to receivers: Int) { self.receivers = receivers }

    /// - Parameter heard: this node and those it heard within 2.5 s.
    package mutating func look(heard: Int, at now: Duration) {
        guard let receivers else { return }
        fewerSince = receivers < heard ? fewerSince ?? now : nil
        if let fewerSince, now - fewerSince > Self.patienceWithFewer { isUseless = true }
        moreSince = receivers > heard && !isUseless ? moreSince ?? now : nil
    }

    /// Whether it confirms that a silent node is gone.
    package var confirmsSilence: Bool { receivers != nil && !isUseless && moreSince == nil }

    /// Whether somebody is subscribed whom this node does not hear: its numbers may lack theirs. After `limit` it is somebody else's client.
    package func knowsOfSomebodyUnheard(at now: Duration, limit: Duration) -> Bool {
        guard let moreSince else { return false }
        return now - moreSince > Self.patienceWithMore && now - moreSince < limit
    }
}
