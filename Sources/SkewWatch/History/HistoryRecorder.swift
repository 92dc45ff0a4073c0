internal import Presence
internal import Synchronization

/// The server's own memory of the last hour and the last day, for the dashboard's line: versions only, never a route or a row.
final class HistoryRecorder: Sendable {
    private struct State {
        /// Every ten seconds for an hour.
        var hour = VersionHistory(step: 10_000, capacity: 360)
        /// Every five minutes for a day.
        var day = VersionHistory(step: 300_000, capacity: 288)
    }

    private let state = Mutex(State())

    /// Both spans as they are now. Any thread.
    var histories: (hour: VersionHistory, day: VersionHistory) { state.withLock { ($0.hour, $0.day) } }

    /// Takes a sample of the fleet every ten seconds until its task is cancelled.
    func run(_ fleet: Fleet) async {
        while !Task.isCancelled {
            let (counts, time) = (await fleet.counts.versions, MonotonicTime.wallClockMilliseconds)
            state.withLock { state in
                state.hour.record(counts, at: time)
                state.day.record(counts, at: time)
            }
            try? await Task.sleep(for: .seconds(10))
        }
    }
}
