/// How many connections each version had, in equal steps of time: a ring of samples that forgets the oldest.
///
/// Times are milliseconds since 1970; a sample stands for the step it falls into, the last one in a step counts.
package struct VersionHistory: Sendable, Equatable {
    /// The length of a step in milliseconds.
    package let step: Int64
    /// How many steps are kept.
    package let capacity: Int
    /// The samples, oldest first; nil where nobody took one.
    package private(set) var samples: [[String: Int]?] = []
    private var lastStep: Int64 = 0

    /// Makes an empty history.
    package init(step: Int64, capacity: Int) {
        precondition(step > 0 && capacity > 0, "A history has steps.")
        (self.step, self.capacity) = (step, capacity)
    }

    /// When the oldest step began.
    package var start: Int64 { (lastStep - Int64(samples.count) + 1) * step }

    /// Takes a sample. One that lies before the newest step is left out: the wall clock was set back.
    package mutating func record(_ counts: [String: Int], at time: Int64) {
        let number = time / step
        if samples.isEmpty || number - lastStep >= Int64(capacity) {
            samples = [counts]
        } else if number == lastStep {
            samples[samples.count - 1] = counts
        } else if number > lastStep {
            samples.append(contentsOf: repeatElement(nil, count: Int(number - lastStep) - 1))
            samples.append(counts)
            samples.removeFirst(max(0, samples.count - capacity))
        } else {
            return
        }
        lastStep = number
    }
}
