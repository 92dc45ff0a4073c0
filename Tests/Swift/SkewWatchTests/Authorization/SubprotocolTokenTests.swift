import Cryptography
import TestServer
import TestSockets
import Testing

@testable import SkewWatch

@Suite(.timeLimit(.minutes(1))) struct SubprotocolTokenTests {
    private func offer(_ token: String) -> String { "skewwatch.token." + Base64URL.encode(Array(token.utf8)) }

    @Test func `a token is found beside other offers`() {
        #expect(SubprotocolToken.token(in: Array("skewwatch, \(offer("let me in"))".utf8)) == "let me in")
        #expect(SubprotocolToken.token(in: Array("x,\(offer("a")),\(offer("b"))".utf8)) == "a")
    }

    @Test(arguments: ["", "skewwatch", "skewwatch.token.", "skewwatch.token.!", "skewwatch.token.AB", "Skewwatch.token.YQ", "token.YQ"])
    func `what is no token is none`(header: String) {
        #expect(SubprotocolToken.token(in: Array(header.utf8)) == nil)
    }

    @Test func `bytes that are no text, or hold a line break, are no token`() {
        #expect(SubprotocolToken.token(in: Array("skewwatch.token.\(Base64URL.encode([0xFF]))".utf8)) == nil)
        #expect(SubprotocolToken.token(in: Array(offer("a\r\nCookie: b").utf8)) == nil)
    }

    @Test func `a page lets itself in by its offer, and is answered with skewwatch`() async throws {
        try await RunningServer.run {
            $0.statsToken = Secret("let-me-see")
        } _: { running in
            for offers in ["skewwatch, \(offer("let-me-see"))", "skewwatch, \(offer("let-me-see")), other"] {
                let handshake = WebSocketClient.handshake(path: "/__skew/ws", headers: ["Sec-WebSocket-Protocol: \(offers)"])
                let answer = try await HTTPAnswer.to(String(decoding: handshake, as: UTF8.self), port: running.port)
                #expect(answer?.status == 101 && answer?["Sec-WebSocket-Protocol"] == "skewwatch")
                let viewer = try await running.client("Sec-WebSocket-Protocol: \(offers)")
                try await viewer.subscribe()
                #expect(try await viewer.next().contains(#""type":"stats""#))
            }
            let wrong = try await running.client("Sec-WebSocket-Protocol: skewwatch, \(offer("let-me-in"))")
            try await wrong.subscribe()
            #expect(try await wrong.next() == Viewer.unauthorized)
        }
    }

    @Test func `who offers others is answered with one of them, and who offers none with none`() async throws {
        try await RunningServer.run { _ in
        } _: { running in
            for (header, chosen) in [("Sec-WebSocket-Protocol: graphql-ws, mqtt", "graphql-ws"), ("Accept: */*", nil)]
                as [(String, String?)]
            {
                let handshake = WebSocketClient.handshake(path: "/__skew/ws", headers: [header])
                let answer = try await HTTPAnswer.to(String(decoding: handshake, as: UTF8.self), port: running.port)
                #expect(answer?.status == 101 && answer?["Sec-WebSocket-Protocol"] == chosen)
            }
        }
    }

    @Test func `a token of eight kilobytes fits into a message`() async throws {
        let token = String(repeating: "t", count: 8192)
        try await RunningServer.run {
            $0.statsToken = Secret(token)
        } _: { running in
            let viewer = try await running.client()
            try await viewer.subscribe(token: token)
            #expect(try await viewer.next().contains(#""type":"stats""#))
        }
    }
}
