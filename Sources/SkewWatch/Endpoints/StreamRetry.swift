/// When a browser is to come back to a stream of events. The time differs, so that they do not all come at once after a restart.
struct StreamRetry: Sendable {
    let time = Duration.milliseconds(Int.random(in: 1000...5000))

    /// Tells it a browser.
    var line: [UInt8] { Array("retry: \(Int(time / .milliseconds(1)))\n\n".utf8) }
}
