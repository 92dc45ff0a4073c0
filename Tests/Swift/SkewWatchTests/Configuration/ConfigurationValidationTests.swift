import Testing

@testable import SkewWatch

@Suite struct ConfigurationValidationTests {
    private func sentence(_ change: (inout Configuration) -> Void) -> String? {
        var configuration = Configuration()
        change(&configuration)
        do {
            try configuration.validate()
            return nil
        } catch {
            return error.sentence
        }
    }

    @Test func `certificate and key need each other`() {
        #expect(sentence { $0.tlsCertificate = "c" } == "--tls-cert needs --tls-key.")
        #expect(sentence { $0.tlsKey = "k" } == "--tls-key needs --tls-cert.")
        #expect(sentence { ($0.tlsCertificate, $0.tlsKey) = ("c", "k") } == nil)
    }

    @Test(arguments: [
        ("0.0.0.0", "127.0.0.1", true), ("::", "127.0.0.1", true), ("192.0.2.1", "0.0.0.0", true), ("127.0.0.1", "127.0.0.1", true),
        ("::ffff:127.0.0.1", "127.0.0.1", true), ("192.0.2.1", "127.0.0.1", false),
    ])
    func `public and internal endpoints cannot share a port of one address`(host: String, internalHost: String, isWrong: Bool) {
        let text = sentence { configuration in
            (configuration.host, configuration.internalHost) = (host, internalHost)
            (configuration.port, configuration.internalPort) = (9090, 9090)
        }
        #expect(text == (isWrong ? "--port and --internal-port must differ, both are 9090." : nil))
    }

    @Test func `two free ports and a port that is off never clash`() {
        #expect(sentence { ($0.port, $0.internalPort) = (0, 0) } == nil)
        #expect(sentence { ($0.port, $0.internalPort) = (9090, nil) } == nil)
    }

    @Test func `without a port it listens on a Unix socket`() {
        #expect(sentence { $0.port = nil } == "--port -1 needs --listen: else nobody could connect.")
        #expect(sentence { ($0.port, $0.unixSocket) = (nil, "/run/skewwatch.sock") } == nil)
    }

    @Test func `a change cannot wait shorter than the debounce`() {
        #expect(sentence { $0.debounce = .seconds(2) } == "--max-wait (1s) must not be shorter than --debounce (2s).")
        #expect(sentence { $0.debounce = .seconds(1) } == nil)
    }

    @Test func `a pong is awaited no longer than until the next ping`() {
        #expect(sentence { $0.pongTimeout = .seconds(30) } == "--pong-timeout (30s) must not be longer than --ping-interval (25s).")
        #expect(sentence { $0.pongTimeout = .seconds(25) } == nil)
    }

    @Test func `what is not tracked has no routes and no addresses`() {
        #expect(
            sentence { ($0.connectionTracking, $0.routeTracking) = (false, true) }
                == "--route-tracking needs --connection-tracking, which is off.")
        #expect(
            sentence { ($0.connectionTracking, $0.ipTracking) = (false, true) }
                == "--ip-tracking needs --connection-tracking, which is off.")
        #expect(sentence { $0.connectionTracking = false } == nil)
    }

    @Test func `rules for JWTs need exactly one kind of key`() {
        #expect(sentence { $0.jwtRequire = [RequiredClaim(name: "a", value: "b")] } == "--jwt-require needs --jwt-secret or --jwt-jwks.")
        #expect(sentence { $0.jwtCookie = "c" } == "--jwt-cookie needs --jwt-secret or --jwt-jwks.")
        #expect(sentence { ($0.jwtCookie, $0.jwtSecret) = ("c", Secret("s")) } == nil)
        #expect(
            sentence { ($0.jwtSecret, $0.jwtJWKS) = (Secret("s"), "f") }
                == "--jwt-secret and --jwt-jwks contradict each other; give one of them.")
    }

    @Test func `loading checks the settings as a whole`() {
        #expect(SkewWatchTests.sentence(["--debounce=2s"]) == "--max-wait (1s) must not be shorter than --debounce (2s).")
    }

    private static let wrong: [(flag: String, value: String, change: @Sendable (inout Configuration) -> Void)] = [
        ("--loops", "0", { $0.loops = 0 }), ("--loops", "-1", { $0.loops = -1 }), ("--port", "70000", { $0.port = 70_000 }),
        ("--internal-port", "-2", { $0.internalPort = -2 }), ("--debounce", "-1000ms", { $0.debounce = .seconds(-1) }),
        ("--max-wait", "0ms", { $0.maxWait = .zero }), ("--ping-interval", "0ms", { $0.pingInterval = .zero }),
        ("--handshake-timeout", "-1000ms", { $0.handshakeTimeout = .seconds(-1) }),
        ("--drain-timeout", "-1ms", { $0.drainTimeout = .milliseconds(-1) }),
        ("--drain-timeout", "9200000000s", { $0.drainTimeout = .seconds(Int64.max) }), ("--max-routes", "0", { $0.maxRoutes = 0 }),
        ("--max-connections", "0", { $0.maxConnections = 0 }), ("--max-message-bytes", "1", { $0.maxMessageBytes = 1 }),
        ("--host", "example.com", { $0.host = "example.com" }), ("--base-path", "/a/", { $0.basePath = "/a/" }),
        ("--base-path", "a", { $0.basePath = "a" }), ("--cookie-name", "a b", { $0.cookieName = "a b" }),
        ("--allowed-origins", "app.example", { $0.allowedOrigins = ["app.example"] }), ("--release", "", { $0.release = "" }),
    ]

    @Test func `a value that no text could give is refused from a program, too`() throws {
        for (flag, value, change) in Self.wrong {
            let text = try #require(sentence(change), "\(flag)")
            #expect(text.hasPrefix("\(flag) must be ") && text.hasSuffix(", not \"\(value)\"."), "\(text)")
        }
    }

    @Test func `a secret that is refused is not shown`() {
        #expect(sentence { $0.statsToken = Secret("hunter2\nx") } == "--stats-token must be one to 16 tokens that are not empty.")
        #expect(
            sentence { $0.redisURL = Secret("redis://hunter2@host") } == "--redis-url must be a URL such as redis://host:6379.")
    }

    @Test func `every default is allowed`() {
        for setting in SettingsTable.all { #expect(setting.isAllowed(Configuration()), "\(setting.name)") }
    }
}
