import Logging
import Synchronization

@testable import SkewWatch

/// What was logged, for a test to read.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in
            LineLogHandler(threshold: LogThreshold(.info), format: .text, now: { LogTime(seconds: 0, milliseconds: 0) }) { bytes in
                self.lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
            }
        }
    }
}
