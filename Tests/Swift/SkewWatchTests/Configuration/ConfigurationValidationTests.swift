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

    @Test func `settings that are not safe are warned about`() {
        var configuration = Configuration()
        #expect(configuration.warnings.isEmpty)
        configuration.internalHost = "0.0.0.0"
        configuration.allowedOrigins = ["*"]
        (configuration.statsToken, configuration.adminToken) = (Secret("hunter2"), Secret("hunter2"))
        #expect(configuration.warnings.count == 3)
        #expect(configuration.warnings.allSatisfy { $0.isOneSentence && !$0.contains("hunter2") })
        configuration.internalPort = nil
        configuration.adminToken = Secret("other")
        #expect(configuration.warnings.count == 1)
    }
}
