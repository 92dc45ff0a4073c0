internal import Presence
internal import Synchronization

/// The server's own memory of the last hour and the last day, for the dashboard's line: versions only, never a route or a row.
final class HistoryRecorder: Sendable {
    private static let interval = Duration.seconds(10)

    private struct State {
        /// Every ten seconds for an hour.
        var hour = VersionHistory(step: interval, capacity: 360)
        /// Every five minutes for a day.
        var day = VersionHistory(step: .seconds(300), capacity: 288)
    }

    private let state = Mutex(State())

    /// Both spans as they are now. Any thread.
    var histories: (hour: VersionHistory, day: VersionHistory) { state.withLock { ($0.hour, $0.day) } }

    /// Takes a sample of the fleet every ten seconds until its task is cancelled.
    func run(_ fleet: Fleet) async {
        while !Task.isCancelled {
            let (counts, time) = (await fleet.counts.versions, MonotonicTime.now)
            state.withLock { state in
                state.hour.record(counts, at: time)
                state.day.record(counts, at: time)
            }
            // To the beginning of the next step, whatever the last sample took: so no step goes without.
            let next = Self.interval * (Int(time / Self.interval) + 1)
            try? await Task.sleep(for: max(.zero, next - MonotonicTime.now), tolerance: .zero)
        }
    }
}
