/// How long to wait before the next try to connect: at random, so that many nodes do not come at once, and longer after several tries.
struct Backoff: Sendable {
    private var tries = 0

    mutating func succeeded() { tries = 0 }

    /// The pause before the next try.
    mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        tries += 1
        return .milliseconds(Int.random(in: 100...(tries <= 10 ? 2000 : 5000), using: &random))
    }
}
