import ArgumentParser

/// How tabs come, move and go.
struct ChurnOptions: ParsableArguments {
    @Option(help: "How long tabs open, move and close.")
    var duration = TimeArgument(argument: "10s")!

    @Option(help: "Tabs that open, per second.")
    var opens = 20.0

    @Option(help: "Tabs that move, per second. A tab by chance each: the server takes 20 messages per second of one.")
    var moves = 50.0

    @Option(help: "Tabs that close, per second.")
    var closes = 20.0

    @Option(help: "Share of the closing tabs that crash: a reset instead of a close frame, 0 to 1.")
    var crashes = 0.0

    /// Most tabs that open on top of the ramp.
    var mostOpened: Int { Int(opens * Double(duration.nanoseconds) / 1e9) + 1 }

    func validate() throws {
        for (name, rate) in [("opens", opens), ("moves", moves), ("closes", closes)] where !(0...100_000).contains(rate) {
            throw ValidationError("--\(name) must be between 0 and 100000.")
        }
        guard (0...1).contains(crashes) else { throw ValidationError("--crashes must be between 0 and 1.") }
    }

    /// What the course is told.
    var rates: Course.Rates { .init(opens: opens, moves: moves, closes: closes, crashes: crashes) }
}
