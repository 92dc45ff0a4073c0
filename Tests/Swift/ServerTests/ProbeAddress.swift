import Logging
import Synchronization

/// Learns the internal port from the line that tells operators, as they do.
final class ProbeAddress: LogHandler {
    private let found = Mutex<Int?>(nil)

    var port: Int? { found.withLock { $0 } }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    var logLevel: Logger.Level {
        get { .info }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        guard "\(event.message)" == "Probes and metrics.", let address = event.metadata?["address"] else { return }
        found.withLock { $0 = "\(address)".split(separator: ":").last.flatMap { Int($0) } }
    }
}
