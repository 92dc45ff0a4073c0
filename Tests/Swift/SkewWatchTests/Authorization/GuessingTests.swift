import TestServer
import TestSockets
import Testing

@testable import SkewWatch

/// What a guesser gets, and what the innocent on the same address get meanwhile.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct GuessingTests {
    private static let (short, long) = ("t0ken-stats", "q7Zt4mW9xKc2Vb8Nf3Rj6Hs1Ld5Gp0Ya")

    private func get(_ path: String, _ token: String?, _ running: RunningServer, more: String = "") async throws -> HTTPAnswer? {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        return try await HTTPAnswer.to("GET /__skew\(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(authorization)\(more)\r\n", port: running.port)
    }

    /// The limit lets one more pass every 200 ms, which a slow machine may need for an answer: so each try comes right after one more guess.
    /// - Parameter isRefused: tries the right token.
    /// - Returns: whether one of fifty tries was refused.
    private func isHeldBack(after guess: () async throws -> Void, _ isRefused: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<50 {
            try await guess()
            if try await isRefused() { return true }
        }
        return false
    }

    @Test(arguments: ["/admin/stats", "/admin/history"])
    func `wrong tokens on an endpoint are answered 429 after a while, and a right one that is short waits`(path: String) async throws {
        try await RunningServer.run {
            $0.statsToken = Secret(Self.short)
            $0.adminToken = Secret(Self.long)
        } _: { running in
            #expect(try await get(path, Self.short, running)?.status == 200)
            // All at once: on a slow machine the limit lets more pass while one after the other is answered.
            let answers = try await withThrowingTaskGroup { group in
                for number in 0..<2 * GuessLimiter.burst { group.addTask { try await get(path, "guess\(number)", running) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0?.status == 401 } >= GuessLimiter.burst)
            let refused = try #require(answers.first { $0?.status == 429 })
            #expect(refused?["Retry-After"] != nil)
            func guess() async throws { _ = try await get(path, "another guess", running) }
            #expect(try await isHeldBack(after: guess) { try await get(path, Self.short, running)?.status == 429 })
            #expect(try await get(path, Self.long, running)?.status == 200)
            var viewer = try await running.client()
            let isViewerHeldBack = try await isHeldBack(after: guess) {
                viewer = try await running.client()
                try await viewer.subscribe(token: Self.short)
                return try await viewer.next() == Viewer.unauthorized
            }
            #expect(isViewerHeldBack)
            _ = try await running.line(with: "Statistics denied.", viewer.id, "too many wrong tokens")
        }
    }

    @Test func `a long token lets in and keeps in while somebody on the same address guesses`() async throws {
        try await RunningServer.run {
            $0.statsToken = Secret(Self.long)
            $0.maxMessagesPerSecond = 1000
        } _: { running in
            let (viewer, guesser) = (try await running.client(), try await running.client())
            try await viewer.subscribe(token: Self.long, mode: "summary")
            #expect(try await viewer.next().contains(#""type":"stats""#))
            for number in 0...GuessLimiter.burst {
                try await guesser.subscribe(token: "guess\(number)")
                #expect(try await guesser.next() == Viewer.unauthorized)
            }
            let late = try await running.client()
            try await late.subscribe(token: Self.long, mode: "summary")
            #expect(try await late.next().contains(#""type":"stats""#))
            var configuration = Configuration()
            configuration.statsToken = Secret(Self.long)
            try await running.server.reload(configuration)
            try await viewer.socket.send("ping")
            while true {
                let message = try await viewer.next()
                #expect(message != Viewer.unauthorized)
                if message == #"{"type":"pong"}"# { break }
            }
        }
    }

    @Test func `a short token in force is not looked at by the limit when secrets are read again`() async throws {
        try await RunningServer.run {
            $0.statsToken = Secret(Self.short)
            $0.maxMessagesPerSecond = 1000
        } _: { running in
            let (viewer, guesser) = (try await running.client(), try await running.client())
            try await viewer.subscribe(token: Self.short, mode: "summary")
            #expect(try await viewer.next().contains(#""type":"stats""#))
            for number in 0...GuessLimiter.burst { try await guesser.subscribe(token: "guess\(number)") }
            for _ in 0...GuessLimiter.burst { #expect(try await guesser.next() == Viewer.unauthorized) }
            var configuration = Configuration()
            configuration.statsToken = Secret(Self.short)
            try await running.server.reload(configuration)
            try await viewer.socket.send("ping")
            while true {
                let message = try await viewer.next()
                #expect(message != Viewer.unauthorized)
                if message == #"{"type":"pong"}"# { break }
            }
        }
    }

    @Test func `behind a trusted proxy guesses count for the client that makes them, on sockets and endpoints alike`() async throws {
        try await RunningServer.run {
            $0.statsToken = Secret(Self.short)
            $0.trustedProxies = [AddressRange("127.0.0.1")!]
            $0.maxMessagesPerSecond = 1000
        } _: { running in
            let guesser = try await running.client("X-Forwarded-For: 2001:db8::9")
            func guess() async throws {
                try await guesser.subscribe(token: "guess")
                #expect(try await guesser.next() == Viewer.unauthorized)
            }
            for _ in 0..<GuessLimiter.burst { try await guess() }
            let isNeighbourHeldBack = try await isHeldBack(after: guess) {
                try await get("/admin/stats", Self.short, running, more: "X-Forwarded-For: 2001:db8::a\r\n")?.status == 429
            }
            #expect(isNeighbourHeldBack)
            #expect(try await get("/admin/stats", Self.short, running, more: "X-Forwarded-For: 2001:db8:1::a\r\n")?.status == 200)
            let other = try await running.client("X-Forwarded-For: 192.0.2.7")
            try await other.subscribe(token: Self.short)
            #expect(try await other.next().contains(#""type":"stats""#))
        }
    }

    @Test func `a token that is shown with a newline or blanks around it fits`() async throws {
        try await RunningServer.run {
            $0.statsToken = Secret(Self.short)
        } _: { running in
            for shown in [Self.short + #"\n"#, " " + Self.short, Self.short + #"\r\n"#] {
                let viewer = try await running.client()
                try await viewer.subscribe(token: shown)
                #expect(try await viewer.next().contains(#""type":"stats""#))
            }
        }
    }
}
