package import Logging
internal import Synchronization

/// The least severe level that is written, where it may change while loggers are in use. Any thread.
package final class LogThreshold: Sendable {
    private let current: Mutex<Logger.Level>

    package init(_ level: Logger.Level) { current = Mutex(level) }

    package var level: Logger.Level { current.withLock { $0 } }

    package func change(to level: Logger.Level) { current.withLock { $0 = level } }
}
