import HTTPCall
import Logging
import Presence
import SkewProtocol
import Synchronization
import TestServer
import Testing

@testable import SkewWatch

/// With a real little HTTP server, and the real caller.
@Suite(.timeLimit(.minutes(1))) struct WebhooksTests {
    /// A receiver that answers as a test says, one answer after the other; the last one for good.
    private final class Receiver: Sendable {
        private let replies: Mutex<[TinyApp.Reply]>
        init(_ replies: [TinyApp.Reply]) { self.replies = Mutex(replies) }
        func next() -> TinyApp.Reply { replies.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] } }
    }

    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// Runs webhooks that have already looked once, with a receiver that answers so.
    private func run(
        _ replies: [TinyApp.Reply], isSpeaker: Bool = true, _ body: (Webhooks, TinyApp, LogLines) async throws -> Void
    ) async throws {
        let receiver = Receiver(replies)
        let app = TinyApp { _ in receiver.next() }
        let (caller, lines) = (HTTPCaller(), LogLines(.info))
        defer {
            caller.end()
            app.stop()
        }
        var configuration = Configuration()
        (configuration.webhookURL, configuration.webhookSecret) = (Secret(app.url), Secret(Self.secret))
        let webhooks = Webhooks(
            try #require(WebhookReceiver(configuration, caller: caller)), firstPause: .milliseconds(5), logger: lines.logger,
            isSpeaker: { isSpeaker })
        announce(nil, webhooks)
        let running = Task { await webhooks.run() }
        try await body(webhooks, app, lines)
        running.cancel()
        await running.value
    }

    private func announce(_ version: String?, _ webhooks: Webhooks) {
        let view = RolloutView(total: 1, versions: ["a": 1], release: version, age: .zero)
        webhooks.look(view, announcedAt: 1, at: .seconds(1), moment: 1_700_000_000_000)
    }

    private func eventually(_ isSo: @escaping @Sendable () -> Bool) async throws {
        while !isSo() { try await Task.sleep(for: .milliseconds(2)) }
    }

    @Test func `a receiver gets an event once, signed, and can check it`() async throws {
        try await run([.status(204)]) { webhooks, app, lines in
            announce("b", webhooks)
            try await eventually { webhooks.metrics.delivered == 1 }
            let request = try #require(app.requests.first)
            #expect(app.requests.count == 1 && request.line == "POST /authorize HTTP/1.1")
            let (id, time) = try (
                #require(request.headers["webhook-id"]), #require(request.headers["webhook-timestamp"].flatMap { Int64($0) })
            )
            let signature = WebhookSecret(Self.secret)?.signature(id: id, seconds: time, body: Array(request.body.utf8))
            #expect(request.headers["webhook-signature"] == signature && signature != nil)
            #expect(JSONValue(Array(request.body.utf8).span)?["type"]?.text == "release.announced")
            #expect(request.headers["content-type"] == "application/json")
            #expect(lines.all.isEmpty && webhooks.metrics.waiting == 0)
        }
    }

    @Test func `a release that is out again within a minute is another event than the first time`() async throws {
        try await run([.status(204)]) { webhooks, app, _ in
            for version in ["b", "c", "b"] { announce(version, webhooks) }
            try await eventually { webhooks.metrics.delivered == 3 }
            #expect(Set(app.requests.compactMap { $0.headers["webhook-id"] }).count == 3)
        }
    }

    @Test func `a receiver that is away gets each event in order when it is back, with the same id on each try, and one line tells of it`()
        async throws
    {
        try await run([.hangUp, .status(500), .status(404), .status(302, headers: "Location: http://127.0.0.1:1/\r\n"), .status(200)]) {
            webhooks, app, lines in
            announce("b", webhooks)
            announce("c", webhooks)
            try await eventually { webhooks.metrics.delivered == 2 }
            let ids = app.requests.compactMap { $0.headers["webhook-id"] }
            #expect(ids.count == 6 && Set(ids.prefix(5)).count == 1 && Set(ids).count == 2)
            #expect(Set(app.requests.prefix(5).map(\.body)).count == 1)
            try await eventually { lines.all.count == 2 }
            #expect(lines.all[0].contains("A webhook was not taken") && lines.all[0].contains("it hung up"))
            #expect(lines.all[1].contains("Webhooks are taken again.") && lines.all[1].contains("failures=4"))
            #expect(webhooks.metrics.failed == 4)
        }
    }

    @Test func `an answer without an end is refused, and a silent receiver keeps nobody waiting but its own messages`() async throws {
        let flood = TinyApp.Reply.bytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + String(repeating: "x", count: 10_000_000))
        try await run([flood, .silence]) { webhooks, app, lines in
            announce("b", webhooks)
            try await eventually { app.requests.count == 2 }
            // The second try hangs; looks go on, and what they find waits.
            for number in 0..<120 { announce("v\(number)", webhooks) }
            #expect(webhooks.metrics.waiting == 100 && webhooks.metrics.dropped == 21)
            #expect(lines.all.count == 1 && lines.all[0].contains("its answer is too large"))
        }
    }

    @Test func `a node that another one speaks for tells nothing`() async throws {
        try await run([.status(200)], isSpeaker: false) { webhooks, app, _ in
            announce("b", webhooks)
            #expect(webhooks.metrics.waiting == 0 && app.requests.isEmpty)
        }
    }

    @Test func `a name that leads to this machine is refused, unless the URL says so itself`() async throws {
        let app = TinyApp { _ in .status(200) }
        defer { app.stop() }
        let caller = HTTPCaller()
        defer { caller.end() }
        // curl reads 127.1 as the loopback address, as a resolver might answer for any name.
        for (host, reason) in [("127.0.0.1", nil), ("localhost", nil), ("127.1", HTTPFault.addressRefused.reason)] {
            var configuration = Configuration()
            configuration.webhookURL = Secret("http://\(host):\(app.port)/x")
            let receiver = try #require(WebhookReceiver(configuration, caller: caller))
            #expect(await receiver.send(.test(moment: 0), moment: 0) == reason)
        }
        #expect(app.requests.count == 2)
        #expect(app.requests.allSatisfy { $0.headers["webhook-signature"] == nil })
    }

    @Test func `a server tells its app what is announced`() async throws {
        let app = TinyApp { _ in .status(200) }
        defer { app.stop() }
        try await RunningServer.run(.testing { $0.webhookURL = Secret(app.url) }) { server in
            // The first look knows what was there; an announcement after it is news.
            try await eventually { server.server.address != nil }
            var number = 0
            while app.requests.isEmpty {
                number += 1
                server.server.announce("build-\(number)")
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(app.requests.first?.body.contains(#""type":"release.announced""#) == true)
        }
    }

    @Test func `a reload sends webhooks to another receiver, also what the former one did not take`() async throws {
        let (former, next) = (TinyApp { _ in .status(500) }, TinyApp { _ in .status(200) })
        defer {
            former.stop()
            next.stop()
        }
        let configuration = Configuration.testing { $0.webhookURL = Secret(former.url) }
        try await RunningServer.run(configuration) { server in
            var number = 0
            while former.requests.isEmpty {
                number += 1
                server.server.announce("build-\(number)")
                try await Task.sleep(for: .milliseconds(200))
            }
            var wanted = configuration
            wanted.webhookURL = Secret(next.url)
            try await server.server.reload(wanted)
            try await eventually { !next.requests.isEmpty }
            #expect(next.requests.first?.headers["webhook-id"] == former.requests.first?.headers["webhook-id"])
        }
    }
}
