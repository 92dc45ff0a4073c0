import TestServer
import TestSockets
import Testing

@testable import SkewWatch

/// While a token is replaced two of them are right.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct SeveralTokensTests {
    @Test func `the log says when a viewer still uses the second of two tokens`() async throws {
        try await RunningServer.run {
            $0.statsTokens = ["the-new-one", "the-old-one"].compactMap { Secret($0) }
        } _: { running in
            for (token, isOld) in [("the-new-one", false), ("the-old-one", true)] {
                let viewer = try await running.client()
                try await viewer.subscribe(token: token)
                #expect(try await viewer.next().contains(#""type":"stats""#))
                let line = try await running.line(with: "Statistics granted.", viewer.id, "authorizer=stats-token")
                #expect(line.contains(#"stats-token 2"#) == isOld, "\(line)")
                #expect(!line.contains(token))
            }
        }
    }
}
