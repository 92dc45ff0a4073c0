/// How fast whole statistics are pushed.
enum Pacing {
    /// Bytes per second and subscriber. A list of 10,000 connections is about a megabyte: it goes out twice a second, not ten times.
    static let bytesPerSecond = 2_000_000

    /// How long to wait after a push of `bytes`.
    static func pause(after bytes: Int) -> Duration { .seconds(bytes) / bytesPerSecond }
}
