import Testing

@testable import SkewWatch

@Suite struct ConfigurationWarningTests {
    private static let long = "0123456789abcdef0123456789abcdef"

    @Test func `the defaults open nothing`() throws {
        #expect(Configuration().warnings == [])
        #expect(try load().warnings == [])
    }

    @Test(arguments: [
        ["--allowed-origins", "*"], ["--trusted-proxies", "0.0.0.0/0"], ["--internal-host", "0.0.0.0"], ["--ip-tracking"],
        ["--stats-token", "short"], ["--admin-token", "short"], ["--authorize-url", "http://app.example/ask"],
        ["--jwt-jwks", "http://app.example/keys"], ["--jwt-secret", "short"], ["--ping-interval", "2m"],
        ["--stats-token", "'0123456789abcdef0123456789abcdef'"], ["--redis-url", "redis://cache"],
        ["--listen", "unix:/run/skewwatch.sock"],
    ])
    func `each setting that opens something is named in one sentence`(_ arguments: [String]) throws {
        let warnings = try load(arguments).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix(arguments[0]) == true && warnings.first?.isOneSentence == true)
    }

    @Test func `a program that sets them is told the same`() throws {
        var configuration = Configuration()
        (configuration.allowedOrigins, configuration.internalHost) = (["*"], "0.0.0.0")
        #expect(try load(["--allowed-origins=*", "--internal-host=0.0.0.0"]).warnings == configuration.warnings)
        #expect(configuration.warnings.count == 2)
        configuration.internalPort = nil
        #expect(configuration.warnings.count == 1)
    }

    @Test func `one token for two things is warned about, and no token is shown`() throws {
        let warnings = try load(["--stats-token=\(Self.long)", "--admin-token=\(Self.long)"]).warnings
        #expect(warnings.count == 1 && warnings[0].contains("are the same"))
        #expect(try load(["--stats-token=hunter2"]).warnings.allSatisfy { !$0.contains("hunter2") })
    }

    @Test func `a warning names the place where the setting was given`() throws {
        let warnings = try load(environment: ["SKEWWATCH_STATS_TOKEN": "short"]).warnings
        #expect(warnings == ["SKEWWATCH_STATS_TOKEN has fewer than 24 characters, so it can be guessed."])
    }
}
