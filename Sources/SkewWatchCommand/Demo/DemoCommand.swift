internal import ArgumentParser
internal import Logging
internal import SkewWatch

/// `skewwatch demo`: a server with two hundred tabs in a rollout, to look at.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Serve with 200 simulated tabs in a rollout, to look at.", usage: "skewwatch demo [settings]",
        discussion: HelpPage.discussion(
            of: """
                Listens on 127.0.0.1, port 8080 unless set, with a token of its own, and prints three links. A new build is announced \
                after eight seconds, and then every two minutes. Ctrl-C ends it.
                """,
            statuses: """
                  0    ended by Ctrl-C
                  1    cannot serve, for example because the port is in use: --port 0 takes any free one
                  78   wrong settings
                """))

    @OptionGroup var arguments: SettingArguments

    func run() async throws {
        let configuration = try arguments.load(for: Self.self, defaults: Self.defaults)
        guard configuration.tlsCertificate == nil, configuration.connectionTracking, configuration.port != nil else {
            throw CommandFailure(sentence: "A demo has a port and no TLS, and tracks connections.", status: .wrongSettings)
        }
        FileLimit.raise(connections: configuration.maxConnections, isTLS: configuration.tlsCertificate != nil)
        let format = configuration.logFormat ?? .text
        let threshold = LogThreshold(configuration.logLevel)
        LoggingSystem.bootstrap { _ in LineLogHandler(threshold: threshold, format: format) }
        let (ports, listening) = AsyncStream<Int>.makeStream()
        var hooks = ServerHooks()
        hooks.listening = { listening.yield($0) }
        let server = SkewWatchServer(configuration: configuration, hooks: hooks, logger: Logger(label: "skewwatch"))
        SignalWatch.start(onEnd: { _ in server.shutdown() }, onHangUp: { server.shutdown() })
        // Ends with this scope.
        async let _ = Self.simulate(server, configuration, on: ports)
        do {
            try await server.run()
        } catch {
            throw CommandFailure(sentence: error.sentence, status: error.needsOtherSettings ? .wrongSettings : .failed)
        }
    }

    /// As environment variables would say it, so that everything given wins.
    private static var defaults: [String: String] {
        [
            "SKEWWATCH_HOST": "127.0.0.1", "SKEWWATCH_INTERNAL_PORT": "-1", "SKEWWATCH_RELEASE": DemoPlan.name(of: 41),
            "SKEWWATCH_ROUTE_TRACKING": "true", "SKEWWATCH_DRAIN_TIMEOUT": "0s", "SKEWWATCH_LOG_LEVEL": "error",
            "SKEWWATCH_STATS_TOKEN": (0..<24).map { _ in String("0123456789abcdef".randomElement()!) }.joined(),
        ]
    }

    static func links(_ configuration: Configuration, port: Int) -> String {
        let url = "http://\(LocalServer.reachable(configuration.host)):\(port)\(configuration.basePath)"
        let token = configuration.statsToken?.exposed ?? ""
        return """
            \(DemoPlan.tabs) tabs are open, and in eight seconds a new build is out. Ctrl-C ends it.

              The dashboard       \(url)/dashboard
                                  its token: \(token)
              A tab of your own   \(url)/tab
              The numbers         curl -H 'Authorization: Bearer \(token)' \(url)/admin/stats
            """
    }

    /// Opens and closes tabs once the server listens, until its task is cancelled.
    private static func simulate(_ server: SkewWatchServer, _ configuration: Configuration, on ports: AsyncStream<Int>) async {
        guard let port = await ports.first(where: { _ in true }) else { return }
        StandardStreams.print(links(configuration, port: port))
        let host = LocalServer.reachable(configuration.host)
        let address = NetworkAddress(host.filter { $0 != "[" && $0 != "]" })?.networkBytes ?? [127, 0, 0, 1]
        var fleet = DemoFleet(plan: DemoPlan(), address: address, port: port, basePath: configuration.basePath)
        let start = MonotonicTime.now
        while !Task.isCancelled {
            if let release = fleet.step(at: MonotonicTime.now - start) { server.announce(release) }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
