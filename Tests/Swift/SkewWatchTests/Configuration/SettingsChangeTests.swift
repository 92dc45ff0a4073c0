import Testing

@testable import SkewWatch

struct SettingsChangeTests {
    @Test func `a running server takes what it can and names what waits for a restart`() {
        var running = Configuration()
        running.statsToken = Secret("old")
        running.maxConnectionsPerIP = 10
        var wanted = running
        wanted.statsToken = Secret("new")
        wanted.maxConnectionsPerIP = 20
        wanted.port = 9999
        wanted.routeTracking = true
        let change = SettingsChange(from: running, to: wanted)
        #expect(change.applied == ["--stats-token", "--max-connections-per-ip"])
        #expect(change.waiting == ["--port", "--route-tracking"])
        #expect(change.configuration.statsToken == Secret("new") && change.configuration.maxConnectionsPerIP == 20)
        #expect(change.configuration.port == 8080 && !change.configuration.routeTracking)
    }

    @Test func `what waits is named again with the next reload, and what is in force is not`() {
        var wanted = Configuration()
        wanted.adminToken = Secret("new")
        wanted.port = 9999
        let first = SettingsChange(from: Configuration(), to: wanted)
        let second = SettingsChange(from: first.configuration, to: wanted)
        #expect(second.applied.isEmpty && second.waiting == ["--port"])
        #expect(SettingsChange(from: first.configuration, to: first.configuration).waiting.isEmpty)
    }

    @Test func `limits of addresses are switched on and off while a server runs`() {
        var unlimited = Configuration()
        (unlimited.maxConnectionsPerIP, unlimited.maxNewConnectionsPerSecond) = (nil, nil)
        for (running, wanted) in [(Configuration(), unlimited), (unlimited, Configuration())] {
            let change = SettingsChange(from: running, to: wanted)
            #expect(change.waiting.isEmpty && change.configuration.maxConnectionsPerIP == wanted.maxConnectionsPerIP)
            #expect(change.configuration.maxNewConnectionsPerSecond == wanted.maxNewConnectionsPerSecond)
        }
    }

    @Test func `webhooks go elsewhere while a server runs; whether there are any waits for a restart`() {
        let none = Configuration()
        var (one, other) = (none, none)
        one.webhookURL = Secret("https://a.example/")
        (other.webhookURL, other.webhookSecret) = (Secret("https://b.example/"), Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let change = SettingsChange(from: one, to: other)
        #expect(change.applied == ["--webhook-url", "--webhook-secret"] && change.configuration.webhookURL == other.webhookURL)
        #expect(SettingsChange(from: none, to: one).waiting == ["--webhook-url"])
        #expect(SettingsChange(from: one, to: none).waiting == ["--webhook-url"])
    }

    @Test func `every setting that can change is one of the table`() {
        #expect(SettingsChange.changeable.isSubset(of: SettingsTable.all.map(\.name)))
    }
}
