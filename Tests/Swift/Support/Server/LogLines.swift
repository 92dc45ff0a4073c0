package import Logging
import SkewWatch
import Synchronization

/// What was logged, for a test to read.
package final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])
    private let level: Logger.Level

    /// - Parameter level: the least severe that is kept.
    package init(_ level: Logger.Level = .info) { self.level = level }

    package var all: [String] { lines.withLock { $0 } }

    package var logger: Logger {
        Logger(label: "test") { _ in
            LineLogHandler(threshold: LogThreshold(self.level), format: .text, now: { .now }) { bytes in
                self.lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
            }
        }
    }
}
