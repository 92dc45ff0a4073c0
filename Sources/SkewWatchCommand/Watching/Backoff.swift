/// How long to wait before the next attempt: exponential with full jitter, so that many watchers do not come back at once.
struct Backoff {
    static let first = Duration.milliseconds(500)
    static let longest = Duration.seconds(30)

    private var failures = 0

    /// The next wait, between nothing and a bound that doubles each time.
    mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        let bound = min(Self.first * (1 << min(failures, 10)), Self.longest)
        failures += 1
        return bound * Double.random(in: 0...1, using: &random)
    }

    /// It works again.
    mutating func reset() { failures = 0 }
}
