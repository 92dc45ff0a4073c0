internal import Presence
internal import SkewProtocol

/// Looks at the fleet once a second, for all who want to know what was and what has changed: the history in memory, the one on disk, and
/// the webhooks. A child of the server's `run()`.
struct FleetSampler: Sendable {
    let shared: SharedState
    let fleet: Fleet
    /// nil where the team wants none.
    let webhooks: Webhooks?

    /// Often enough to know the most tabs that a version had; a step of the histories keeps the last look in it.
    private static let interval = Duration.seconds(1)

    /// After a start the tabs come back little by little: what is counted until then is not kept on disk, where it would look like a fall.
    private static let settling = Duration.seconds(10)

    /// Returns when its task is cancelled.
    func run() async {
        let start = MonotonicTime.now
        var noted: [Int: Int] = [:]
        while !Task.isCancelled {
            let counts = await fleet.counts
            let (time, moment) = (MonotonicTime.now, MonotonicTime.wallClockMilliseconds)
            if time - start >= Self.settling {
                await shared.keeper?.note(counts.versions, isPartial: counts.cluster?.partial.isEmpty == false)
            }
            noteTold(since: &noted)
            shared.history.record(counts.versions, time: time, at: moment)
            if let webhooks {
                // The release and its time from one look: another one may come in between.
                let release = shared.decisions.releaseHistory.entries.last
                var view = shared.view(of: counts)
                view.release = release?.version
                webhooks.look(view, announcedAt: release?.since, at: time, moment: moment)
            }
            // To the beginning of the next second, whatever the last sample took: so no step goes without.
            let next = Self.interval * (Int(time / Self.interval) + 1)
            try? await Task.sleep(for: max(.zero, next - MonotonicTime.now), tolerance: .zero)
        }
    }

    /// Remembers how far the announcements are: a process that is killed on the way has told some.
    /// - Parameter noted: what was told by each that ran at the last look.
    private func noteTold(since noted: inout [Int: Int]) {
        let running = shared.announcements.all.filter { $0.whole.state == .running }
        for entry in running where entry.whole.told != noted[entry.id] ?? 0 { shared.note(told: entry) }
        noted = Dictionary(uniqueKeysWithValues: running.map { ($0.id, $0.whole.told) })
    }
}
