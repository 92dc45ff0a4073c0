// A Swift program that serves with rules of its own. See Docker/docs/embedding.md.
//
//   swift run EmbeddingExample 8080 build-42
//
// Then: websocat --header 'Cookie: session=4711' 'ws://127.0.0.1:8080/__skew/ws?v=1', and type {"type":"subscribe-stats"}.
import Logging
import SkewWatch
import Synchronization

/// What this program does with what it is told: it counts the tabs of each version.
final class TabCounter: Sendable {
    private let tabs = Mutex<[String: Int]>([:])

    func opened(_ connection: ConnectionInfo) {
        tabs.withLock { $0[connection.version, default: 0] += 1 }
    }

    /// - Returns: how many tabs are still on the version of the connection that is gone.
    func closed(_ connection: ConnectionInfo) -> Int {
        tabs.withLock { tabs in
            let left = max(0, tabs[connection.version, default: 0] - 1)
            tabs[connection.version] = left == 0 ? nil : left
            return left
        }
    }
}

/// The sessions of this program's users; a real one looks into its database.
let administrators: Set<String> = ["session=4711"]

@main
struct EmbeddingExample {
    static func main() async throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        let logger = Logger(label: "embedding")
        let tabs = TabCounter()

        var configuration = Configuration()
        configuration.host = "127.0.0.1"
        configuration.port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
        configuration.internalPort = nil
        configuration.routeTracking = true
        configuration.drainTimeout = .seconds(1)

        var hooks = ServerHooks()
        // Runs on the shared pool, so it may wait for a database. Not authorizing is the answer "no".
        hooks.authorizeStats = { request in
            let cookies = request.head.cookie?.split(separator: "; ").map(String.init) ?? []
            if !administrators.isDisjoint(with: cookies) { request.authorize() }
        }
        // These run on the thread of the connection's loop: they only take a short lock.
        hooks.connectionOpened = { tabs.opened($0) }
        hooks.connectionClosed = { connection in
            if tabs.closed(connection) == 0 { logger.info("Nobody is left on \(connection.version).") }
        }
        hooks.listening = { logger.info("Clients connect to ws://127.0.0.1:\($0)/__skew/ws.") }

        let server = SkewWatchServer(configuration: configuration, hooks: hooks, logger: logger)
        async let _ = watch(server, announcing: CommandLine.arguments.dropFirst(2).first, logger)
        // Cancelling the task that runs it, or shutdown() from anywhere, ends it as SIGTERM ends the command.
        try await server.run()
    }

    /// Beside the server: tells every ten seconds what it counts, and once that a release is out.
    static func watch(_ server: SkewWatchServer, announcing release: String?, _ logger: Logger) async {
        var isAnnounced = false
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(10))
            // nil before it listens and after it has ended.
            guard let statistics = await server.statistics() else { continue }
            logger.info("\(statistics.total) tabs, by version: \(statistics.versions)")
            if let release, !isAnnounced { isAnnounced = server.announce(release) }
        }
    }
}
