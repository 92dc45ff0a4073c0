public import Logging

/// Hooks of an embedding program.
public struct ServerHooks: Sendable {
    /// No hooks.
    public init() {}
}

/// Why a server cannot serve.
public enum ServeError: Error, Sendable {
    /// The address is taken.
    case addressInUse(String)
    /// One sentence.
    public var sentence: String {
        switch self {
        case .addressInUse(let address): "The address \(address) is already in use."
        }
    }
}

/// Stands in for the server until it is merged.
public final class SkewWatchServer: Sendable {
    private let ended: AsyncStream<Void>
    private let end: AsyncStream<Void>.Continuation
    private let logger: Logger

    /// A server that serves nothing.
    public init(configuration: Configuration, hooks: ServerHooks = ServerHooks(), logger: Logger) {
        (ended, end) = AsyncStream.makeStream()
        self.logger = logger
    }

    /// Waits for ``shutdown()``.
    public func run() async throws(ServeError) {
        logger.info("The placeholder serves nothing.")
        for await _ in ended {}
    }

    /// Ends ``run()``.
    public func shutdown() { end.finish() }
}
