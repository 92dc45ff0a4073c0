internal import HistoryStore
internal import Presence
internal import SkewProtocol
internal import Synchronization

/// The server's own memory of the last hour and the last day, and of each version that was seen: versions only, never a route or a row.
final class HistoryRecorder: Sendable {
    /// Often enough to know the most tabs that a version had; a step of the histories keeps the last look in it.
    private static let interval = Duration.seconds(1)

    /// After a start the tabs come back little by little: what is counted until then is not kept on disk, where it would look like a fall.
    private static let settling = Duration.seconds(10)

    private struct State {
        /// Every ten seconds for an hour.
        var hour = VersionHistory(step: .seconds(10), capacity: 360)
        /// Every five minutes for a day.
        var day = VersionHistory(step: .seconds(300), capacity: 288)
        var records = VersionRecords()
    }

    private let state = Mutex(State())

    /// Both spans as they are now. Any thread.
    var histories: (hour: VersionHistory, day: VersionHistory) { state.withLock { ($0.hour, $0.day) } }

    /// Each version that was seen. Any thread.
    var records: VersionRecords { state.withLock { $0.records } }

    /// Takes in counts that somebody has asked for. Any thread.
    /// - Parameter moment: milliseconds since 1970.
    func note(_ counts: [String: Int], at moment: Int64) { state.withLock { $0.records.note(counts, at: moment) } }

    /// Goes on from what was remembered of earlier runs.
    func restore(_ past: HistoryKeeper.Past, now: Duration, wallClockMilliseconds: Int64) {
        state.withLock { state in
            for sample in past.old + past.recent { state.records.note(sample.versions, at: sample.time) }
            for sample in past.recent {
                // A time before the machine started has no place on its clock.
                let time = now - .milliseconds(wallClockMilliseconds - sample.time)
                guard .zero <= time, time <= now else { continue }
                state.hour.record(sample.versions, at: time)
                state.day.record(sample.versions, at: time)
            }
        }
    }

    /// Takes a sample of the fleet every second until its task is cancelled; the keeper keeps one in ten seconds.
    func run(_ fleet: Fleet, keeper: HistoryKeeper?) async {
        let start = MonotonicTime.now
        while !Task.isCancelled {
            let (sum, time) = (await fleet.counts, MonotonicTime.now)
            let counts = sum.versions
            if time - start >= Self.settling { await keeper?.note(counts, isPartial: sum.cluster?.partial.isEmpty == false) }
            state.withLock { state in
                state.hour.record(counts, at: time)
                state.day.record(counts, at: time)
                state.records.note(counts, at: MonotonicTime.wallClockMilliseconds)
            }
            // To the beginning of the next second, whatever the last sample took: so no step goes without.
            let next = Self.interval * (Int(time / Self.interval) + 1)
            try? await Task.sleep(for: max(.zero, next - MonotonicTime.now), tolerance: .zero)
        }
    }
}
