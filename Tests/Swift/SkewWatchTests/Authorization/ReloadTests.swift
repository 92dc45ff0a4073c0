import Dispatch
import TestServer
import TestSockets
import Testing

@testable import SkewWatch

/// Two reloads close to each other: the newer one holds, whatever the older one waits for.
@Suite(.timeLimit(.minutes(1))) struct ReloadTests {
    @Test func `a reload that waits for slow keys brings no rotated secret back`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let keys = TinyApp { _ in
            gate.wait()
            return .status(200, SampleTokens.keySet)
        }
        defer { keys.stop() }
        try await RunningServer.run {
            $0.statsToken = Secret("first")
        } _: { running in
            var slow = Configuration()
            slow.statsToken = Secret("second")
            slow.jwtJWKS = keys.url
            var newest = Configuration()
            newest.statsToken = Secret("third")

            try await running.server.reload(slow)
            while keys.requests.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            try await running.server.reload(newest)
            let viewer = try await running.client()
            try await viewer.subscribe(token: "third", mode: "summary")
            #expect(try await viewer.next().contains(#""type":"stats""#))
            gate.signal()
            _ = try await running.line(with: "New secrets", "--stats-token --jwt-jwks")
            for token in ["first", "second"] {
                let other = try await running.client()
                try await other.subscribe(token: token)
                #expect(try await other.next() == Viewer.unauthorized)
            }
            try await viewer.socket.send("ping")
            while try await viewer.next() != #"{"type":"pong"}"# {}
            try await viewer.subscribe(token: "third", mode: "summary")
            #expect(try await viewer.next().contains(#""type":"stats""#))
        }
    }

    @Test func `keys that cannot be read deny nobody for good, and are said to be so`() async throws {
        let keys = TinyApp { _ in .hangUp }
        defer { keys.stop() }
        try await RunningServer.run {
            $0.jwtJWKS = keys.url
        } _: { running in
            let viewer = try await running.client()
            try await viewer.subscribe(token: SampleTokens.rs256)
            #expect(try await viewer.next() == Viewer.unauthorized)
            _ = try await running.line(with: "Statistics denied.", viewer.id, "its keys cannot be read")
        }
    }

    @Test func `origins, limits and an app are taken over while the server runs, a port is not`() async throws {
        let app = TinyApp { .status($0.headers["cookie"] == "session=good" ? 200 : 403) }
        defer { app.stop() }
        try await RunningServer.run { _ in
        } _: { running in
            var other = Configuration()
            other.allowedOrigins = ["https://app.example.com"]
            other.authorizeURL = app.url
            other.maxConnections = 7
            other.host = "127.0.0.1"
            other.port = running.port
            try await running.server.reload(other)
            _ = try await running.line(with: "warning", "New secrets", "--authorize-url", "waitsForRestart=", "--port")
            let viewer = try await running.client("Cookie: session=good")
            try await viewer.subscribe()
            #expect(try await viewer.next().contains(#""type":"stats""#))
            _ = try await running.client("Origin: https://app.example.com")
        }
    }
}
