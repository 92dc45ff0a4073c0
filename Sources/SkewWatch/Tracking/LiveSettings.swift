internal import Synchronization

/// The settings that all loops look at and that can change while they run. Any thread.
final class LiveSettings: Sendable {
    private let values: Mutex<(keptHead: KeptHead, origins: OriginPolicy)>

    init(keptHead: KeptHead, origins: OriginPolicy) {
        values = Mutex((keptHead, origins))
    }

    /// What is kept of the handshakes that come from now on.
    var keptHead: KeptHead { values.withLock { $0.keptHead } }
    var origins: OriginPolicy { values.withLock { $0.origins } }

    func change(keptHead: KeptHead, origins: OriginPolicy) {
        values.withLock { $0 = (keptHead, origins) }
    }
}

extension LiveSettings {
    convenience init(_ configuration: Configuration, hooks: ServerHooks) {
        self.init(keptHead: KeptHead(configuration, hooks: hooks), origins: OriginPolicy(allowed: configuration.allowedOrigins))
    }

    func change(to configuration: Configuration, hooks: ServerHooks) {
        change(keptHead: KeptHead(configuration, hooks: hooks), origins: OriginPolicy(allowed: configuration.allowedOrigins))
    }
}
