/// How many connections each version had, in equal steps of time: a ring of samples that forgets the oldest.
///
/// Steps are those of a monotonic clock: a sample stands for the step it falls into, the last one in a step counts. The wall clock only
/// says when a step was, at the moment somebody asks; it may jump as it likes.
package struct VersionHistory: Sendable, Equatable {
    /// The length of a step.
    package let step: Duration
    /// How many steps are kept.
    package let capacity: Int
    /// The samples, oldest first; nil where nobody took one.
    package private(set) var samples: [[String: Int]?] = []
    /// The number of the newest step, counted from the start of the clock.
    private var newest: Int64 = 0

    /// Makes an empty history.
    package init(step: Duration, capacity: Int) {
        precondition(step > .zero, "step must be above zero")
        precondition(capacity > 0, "capacity must be above zero")
        (self.step, self.capacity) = (step, capacity)
    }

    /// When the oldest step began, in milliseconds since 1970, going by what the two clocks say now.
    package func start(now: Duration, wallClockMilliseconds: Int64) -> Int64 {
        if samples.isEmpty { return wallClockMilliseconds }
        let age = now - step * (newest - Int64(samples.count) + 1)
        return wallClockMilliseconds - Int64(age / .milliseconds(1))
    }

    /// The samples with the middle of their steps, in milliseconds since 1970, oldest first.
    package func timed(now: Duration, wallClockMilliseconds: Int64) -> [RolloutCourse.Sample] {
        let start = start(now: now, wallClockMilliseconds: wallClockMilliseconds)
        let length = Int64(step / .milliseconds(1))
        return samples.enumerated().compactMap { index, versions in
            versions.map { RolloutCourse.Sample(at: start + Int64(index) * length + length / 2, versions: $0) }
        }
    }

    /// Takes a sample. One that lies before the newest step is left out; a monotonic clock has none.
    package mutating func record(_ counts: [String: Int], at time: Duration) {
        let number = Int64(time / step)
        if samples.isEmpty || number - newest >= Int64(capacity) {
            samples = [counts]
        } else if number == newest {
            samples[samples.count - 1] = counts
        } else if number > newest {
            samples.append(contentsOf: repeatElement(nil, count: Int(number - newest) - 1))
            samples.append(counts)
            samples.removeFirst(max(0, samples.count - capacity))
        } else {
            return
        }
        newest = number
    }
}
