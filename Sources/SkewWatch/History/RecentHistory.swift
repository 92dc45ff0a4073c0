internal import HistoryStore
internal import Presence
internal import SkewProtocol
internal import Synchronization

/// The last hour and the last day in memory, and each version that was seen: versions only, never a route or a row. What outlives the
/// process is ``HistoryOnDisk``; both are told by ``FleetSampler``.
final class RecentHistory: Sendable {
    private struct State {
        /// Every ten seconds for an hour.
        var hour = VersionHistory(step: .seconds(10), capacity: 360)
        /// Every five minutes for a day.
        var day = VersionHistory(step: .seconds(300), capacity: 288)
        var records = VersionRecords()
        var source = Source.none
    }

    /// Where the time before the start is known from.
    private enum Source {
        case none, disk
        /// The other nodes, which told it at this time; in several parts.
        case peers(Duration)
    }

    /// The parts of what a node tells come one after the other.
    private static let patience = Duration.seconds(5)

    private let state = Mutex(State())

    /// Both spans as they are now. Any thread.
    var histories: (hour: VersionHistory, day: VersionHistory) { state.withLock { ($0.hour, $0.day) } }

    /// Each version that was seen. Any thread.
    var records: VersionRecords { state.withLock { $0.records } }

    /// Takes in counts that somebody has asked for. Any thread.
    /// - Parameter moment: milliseconds since 1970.
    func note(_ counts: [String: Int], at moment: Int64) { state.withLock { $0.records.note(counts, at: moment) } }

    /// Takes in a sample. Any thread.
    /// - Parameters:
    ///   - time: on the monotonic clock, never before that of the last sample.
    ///   - moment: the same in milliseconds since 1970.
    func record(_ counts: [String: Int], time: Duration, at moment: Int64) {
        state.withLock { state in
            state.hour.record(counts, at: time)
            state.day.record(counts, at: time)
            state.records.note(counts, at: moment)
        }
    }

    /// Goes on from what was remembered of earlier runs.
    func restore(_ past: HistoryOnDisk.Past, now: Duration, wallClockMilliseconds: Int64) {
        state.withLock { state in
            if !past.recent.isEmpty { state.source = .disk }
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

    /// Whether nothing is known of the time before the start, or another node is just telling it.
    var wantsMemory: Bool {
        state.withLock { state in
            switch state.source {
            case .none: true
            case .disk: false
            case .peers(let since): MonotonicTime.now - since < Self.patience
            }
        }
    }

    /// Whether nobody has told anything of the time before the start.
    var hasNoMemory: Bool {
        state.withLock { if case .none = $0.source { true } else { false } }
    }

    /// Another node tells what it remembers. What this one has seen itself stays as it is.
    func take(_ samples: [PeerMemory.Sample], now: Duration, wallClockMilliseconds: Int64) {
        state.withLock { state in
            if case .none = state.source { state.source = .peers(now) }
            for sample in samples { state.records.note(sample.versions, at: wallClockMilliseconds - sample.age) }
            state.hour = state.hour.after(samples, now: now)
            state.day = state.day.after(samples, now: now)
        }
    }
}

extension VersionHistory {
    /// The same, with samples of the time before its first one.
    fileprivate func after(_ samples: [PeerMemory.Sample], now: Duration) -> VersionHistory {
        let clock = Int64(now / .milliseconds(1))
        let own = timed(now: now, wallClockMilliseconds: clock)
        var all = own
        for sample in samples where sample.age <= clock && own.first.map({ clock - sample.age < $0.at }) ?? true {
            all.append(.init(at: clock - sample.age, versions: sample.versions))
        }
        var history = VersionHistory(step: step, capacity: capacity)
        for sample in all.sorted(by: { $0.at < $1.at }) { history.record(sample.versions, at: .milliseconds(sample.at)) }
        return history
    }
}
