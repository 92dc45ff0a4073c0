import HTTPCall
import Logging
import Synchronization
import TestServer
import TestSockets
import Testing
import WebSocketLoop

@testable import SkewWatch

/// With a real HTTP server and the real caller.
@Suite(.timeLimit(.minutes(1))) struct ReleaseWatchTests {
    /// An app whose release changes while it is asked.
    private final class Deployment: Sendable {
        private let version = Mutex("a")
        func deploy(_ new: String) { version.withLock { $0 = new } }

        func reply(to request: TinyApp.Request) -> TinyApp.Reply {
            let version = version.withLock { $0 }
            if request.headers["if-none-match"] == "\"\(version)\"" { return .status(304, headers: "ETag: \"\(version)\"\r\n") }
            return .status(200, #"{"id":"\#(version)","timestamp":1}"#, headers: "ETag: \"\(version)\"\r\n")
        }
    }

    @Test func `a deployment is announced, and what is known is not sent again`() async throws {
        let deployment = Deployment()
        let app = TinyApp { deployment.reply(to: $0) }
        defer { app.stop() }
        let (caller, shared) = (HTTPCaller(), SharedState(release: "a", addresses: AddressBudget(.init())))
        defer { caller.end() }
        let lines = LogLines(.info)
        let watch = ReleaseWatch(
            url: app.url, caller: caller, shared: shared, logger: lines.logger, interval: .milliseconds(20))
        let running = Task { await watch.run() }
        while app.requests.count < 3 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(shared.release == "a" && app.requests[2].headers["if-none-match"] == "\"a\"")
        deployment.deploy("b")
        #expect(try await Patience.sees { shared.release == "b" })
        // The line is written behind it.
        #expect(try await Patience.sees { lines.all.contains { $0.contains("A release is out.") && $0.contains("version=b") } })
        running.cancel()
        await running.value
    }

    @Test func `a node that another one speaks for does not ask`() async throws {
        let app = TinyApp { _ in .status(200, #"{"id":"b"}"#) }
        defer { app.stop() }
        let (caller, shared, isSpeaker) = (HTTPCaller(), SharedState(release: "a", addresses: AddressBudget(.init())), Speaker())
        defer { caller.end() }
        let watch = ReleaseWatch(
            url: app.url, caller: caller, shared: shared, logger: LogLines(.info).logger, interval: .milliseconds(5),
            isSpeaker: { isSpeaker.asked() })
        let running = Task { await watch.run() }
        while isSpeaker.count < 5 { try await Task.sleep(for: .milliseconds(2)) }
        #expect(app.requests.isEmpty)
        isSpeaker.begin()
        while shared.release == "a" { try await Task.sleep(for: .milliseconds(5)) }
        running.cancel()
        await running.value
    }

    /// Whether this node speaks, and how often that was asked.
    private final class Speaker: Sendable {
        private let state = Mutex((speaks: false, count: 0))
        var count: Int { state.withLock { $0.count } }
        func begin() { state.withLock { $0.speaks = true } }
        func asked() -> Bool {
            state.withLock {
                $0.count += 1
                return $0.speaks
            }
        }
    }

    @Test func `an app that is away is told once in the log`() async throws {
        let caller = HTTPCaller()
        defer { caller.end() }
        let lines = LogLines(.info)
        let app = TinyApp { _ in .hangUp }
        defer { app.stop() }
        let watch = ReleaseWatch(
            url: app.url, caller: caller, shared: SharedState(release: nil, addresses: AddressBudget(.init())), logger: lines.logger,
            interval: .milliseconds(1))
        let running = Task { await watch.run() }
        while app.requests.count < 4 { try await Task.sleep(for: .milliseconds(5)) }
        running.cancel()
        await running.value
        #expect(lines.all.filter { $0.contains("can't be read from --release-url") }.count == 1)
    }
}
