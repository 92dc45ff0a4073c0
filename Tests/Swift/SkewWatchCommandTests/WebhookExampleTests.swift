import Foundation
import TestSockets
import Testing

@testable import SkewWatchCommand

/// The receiver of Docker/examples checks what the program sends.
@Suite(.timeLimit(.minutes(1))) struct WebhookExampleTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    @Test func `the receiver takes what is signed with its secret, and nothing else`() async throws {
        let receiver = try Child(
            URL(filePath: "/usr/bin/python3"), [Self.root.appending(path: "Docker/examples/webhook/receive.py").path],
            environment: ["WEBHOOK_SECRET": Self.secret])
        defer { receiver.signal(SIGKILL) }
        let hello = try await receiver.line()
        let port = try #require(hello.wholeMatch(of: /listening ([0-9]+)/)?.1, "\(hello)")
        func check(_ secret: String) throws -> (status: Int32, output: String, errors: String) {
            try RunningCommand(
                ["check", "--deep", "--webhook-url", "http://127.0.0.1:\(port)/", "--webhook-secret", secret], environment: [:]
            ).finish()
        }
        let stranger = try check("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        #expect(stranger.status == 1 && stranger.errors.contains("it answered 401"), "\(stranger)")
        let ours = try check(Self.secret)
        #expect(ours.status == 0, "\(ours)")
        #expect(try await receiver.line() == "webhook.test SkewWatch can reach this webhook.")
    }
}
