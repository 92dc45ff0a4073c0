import Foundation
import SkewWatch
import TestServer
import TestSockets
import Testing

/// Where a rollout stands, asked and waited for as a pipeline does.
@Suite(.timeLimit(.minutes(1))) struct RolloutTests {
    private func ask(_ server: RunningServer, _ query: String = "", token: String = RunningServer.token) async throws -> HTTPAnswer {
        try #require(try await server.request("GET", "/__skew/admin/rollout" + query, headers: ["Authorization: Bearer \(token)"]))
    }

    private func object(_ answer: HTTPAnswer) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
    }

    @Test(arguments: [1, 2]) func `the answer is a recount of the open tabs, with routes for each version`(loops: Int) async throws {
        try await RunningServer.run(.testing { ($0.loops, $0.release) = (loops, "new") }) { server in
            var open: [WebSocketClient] = []
            for number in 0..<9 {
                open.append(try await server.open("?v=\(number < 5 ? "new" : "old")&route=/r\(number % 2)").client)
            }
            let read = try object(try await ask(server))
            #expect(read["total"] as? Int == 9 && read["current"] as? Int == 5 && read["old"] as? Int == 4 && open.count == 9)
            #expect(read["percent"] as? Double == 55.6)
            let versions = try #require(read["versions"] as? [[String: Any]])
            #expect(versions.map { $0["version"] as? String } == ["new", "old"])
            #expect(versions[1]["routes"] as? [String: Int] == ["/r1": 2, "/r0": 2])
            #expect(versions[1]["tabs"] as? Int == 4 && versions[1]["peak"] as? Int == 4 && versions[1]["firstSeen"] is Int)
            #expect((read["release"] as? [String: Any])?["announcedAt"] is NSNull)
        }
    }

    @Test func `a wait is answered when it has held, and not before`() async throws {
        try await RunningServer.run(.testing { $0.release = "new" }) { server in
            let (old, _) = try await server.open("?v=old")
            let start = ContinuousClock.now
            async let answer = ask(server, "?wait=old%3C%3D0&for=1s&timeout=20s")
            // For longer than it has to hold it must not be answered, as the old tab is there.
            try await Task.sleep(for: .milliseconds(1200))
            await old.hangUp()
            let read = try object(try await answer)
            #expect(try await answer.status == 200 && read["reached"] as? Bool == true && read["old"] as? Int == 0)
            #expect(ContinuousClock.now - start >= .milliseconds(2200))
        }
    }

    @Test func `a wait that is not over in time is told so, with the state of then`() async throws {
        try await RunningServer.run(.testing { $0.release = "new" }) { server in
            let (old, _) = try await server.open("?v=old")
            let answer = try await ask(server, "?wait=version:old<=0&for=0s&timeout=1s")
            let read = try object(answer)
            #expect(answer.status == 504 && read["reached"] as? Bool == false && read["old"] as? Int == 1)
            try await old.send("ping")
        }
    }

    @Test func `a server that has just started knows nothing yet`() async throws {
        try await RunningServer.run(.testing { $0.release = "new" }) { server in
            let answer = try await ask(server, "?wait=old<=0&for=30s&timeout=1s")
            #expect(answer.status == 504)
        }
    }

    @Test(arguments: ["?wait=old", "?wait=", "?for=1s", "?timeout=1s", "?wait=old<=0&for=1", "?wait=old<=0&timeout=25h", "?wait=x<=0"])
    func `a wait that cannot be understood is refused`(query: String) async throws {
        try await RunningServer.run(.testing { _ in }) { server in
            let answer = try await ask(server, query)
            #expect(answer.status == 400 && answer.isError)
        }
    }

    @Test func `strangers hear nothing, and no more than sixty-four wait`() async throws {
        try await RunningServer.run(.testing { $0.release = "new" }) { server in
            #expect(try await ask(server, token: "wrong").status == 401)
            var open: [RawSocket] = []
            for _ in 0..<64 {
                let socket = try RawSocket(port: server.port)
                try socket.write(
                    Array(
                        "GET /__skew/admin/rollout?wait=old<=0&for=60s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(RunningServer.token)\r\n\r\n"
                            .utf8))
                open.append(socket)
            }
            // The last of them may not be read yet.
            var refused = try await ask(server, "?wait=old<=0&timeout=1s&for=60s")
            while refused.status == 504 { refused = try await ask(server, "?wait=old<=0&timeout=1s&for=60s") }
            #expect(refused.status == 503 && refused["Retry-After"] != nil)
            for socket in open { socket.reset() }
            // Who has hung up waits no more.
            while refused.status == 503 {
                try await Task.sleep(for: .milliseconds(100))
                refused = try await ask(server, "?wait=old<=0&for=0s")
            }
            #expect(refused.status == 200)
        }
    }
}
