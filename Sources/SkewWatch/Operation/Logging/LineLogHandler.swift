internal import Glibc
package import Logging

/// Writes each event as one line with one `write(2)`, as text or JSON.
///
/// Control characters, line breaks and characters that turn text around are escaped, so that what a client sent can neither forge a line nor
/// steer a terminal; long values are cut.
package struct LineLogHandler: LogHandler {
    /// The least severe level that is written; one that was set for a logger alone comes first.
    package var logLevel: Logger.Level {
        get { own ?? threshold.level }
        set { own = newValue }
    }
    /// Written with every event.
    package var metadata: Logger.Metadata = [:]
    /// Asked for more with every event.
    package var metadataProvider: Logger.MetadataProvider?

    private let threshold: LogThreshold
    private var own: Logger.Level?
    private let format: LogFormat
    private var origin: LogOrigin?
    private let now: @Sendable () -> LogTime
    private let write: @Sendable ([UInt8]) -> Void

    /// Writes to standard error, so that standard output holds only what a command was asked for.
    package init(level: Logger.Level, format: LogFormat) {
        self.init(threshold: LogThreshold(level), format: format)
    }

    /// The same with a level that can change later, for all loggers at once.
    package init(threshold: LogThreshold, format: LogFormat) {
        self.init(threshold: threshold, format: format, now: { .now }, write: { LineWriter.write($0, to: STDERR_FILENO) })
        origin = .this
    }

    /// The same with a clock and a place to write to of one's own.
    package init(
        threshold: LogThreshold, format: LogFormat, now: @escaping @Sendable () -> LogTime, write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.threshold = threshold
        self.format = format
        self.now = now
        self.write = write
    }

    /// One value of the metadata.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes the event. Blocks while the reader of the log lags behind and its pipe is full.
    package func log(event: LogEvent) {
        var fields = metadata
        fields.merge(metadataProvider?.get() ?? [:]) { $1 }
        fields.merge(event.metadata ?? [:]) { $1 }
        if let error = event.error { fields["error"] = "\(error)" }
        let line = LogLine(
            time: now(), level: event.level.rawValue, message: "\(event.message)",
            fields: fields.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: "\($0.value)", isNumber: $0.value.isNumber) },
            origin: origin)
        write(line.bytes(format))
    }
}
