/// How long to wait before the next try to connect: at random, so that many nodes do not come at once, and longer after several tries.
struct Backoff: Sendable {
    private var tries = 0

    mutating func succeeded() { tries = 0 }

    /// The pause before the next try.
    /// - Parameter spent: how long the try took that failed. It counts, at most until a tenth of a second is left: whoever waited in vain for an
    ///   answer waits no second time, and is back sooner when packets go through again.
    mutating func next(after spent: Duration = .zero, using random: inout some RandomNumberGenerator) -> Duration {
        tries += 1
        return max(.milliseconds(100), .milliseconds(Int.random(in: 100...(tries <= 10 ? 2000 : 5000), using: &random)) - spent)
    }
}
