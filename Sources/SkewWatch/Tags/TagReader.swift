internal import Synchronization

/// Reads whose a connection is out of the JWT in its handshake: signatures are checked on the pool, never on a loop.
///
/// Nobody waits for it. Where more ask than can be read, the newest stay without a tag.
final class TagReader: Sendable {
    private struct Question: Sendable {
        var head: HandshakeHead
        var reply: @Sendable (String) -> Void
    }

    /// Handshakes that may wait: some seconds of connects at the most.
    private static let mostWaiting = 20_000

    private let claim: String
    private let desk: AuthorizationDesk
    private let questions: AsyncStream<Question>
    private let input: AsyncStream<Question>.Continuation

    /// - Parameters:
    ///   - claim: its name, or names with dots between them.
    ///   - desk: knows the keys that are in force.
    init(claim: String, desk: AuthorizationDesk) {
        (self.claim, self.desk) = (claim, desk)
        (questions, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.mostWaiting))
    }

    /// Takes a handshake without waiting; any thread.
    /// - Parameter reply: called where there is a tag, on any thread; must return quickly.
    func read(_ head: HandshakeHead, reply: @escaping @Sendable (String) -> Void) {
        input.yield(Question(head: head, reply: reply))
    }

    /// Reads until its task is cancelled.
    func run() async {
        for await question in questions { await answer(question) }
    }

    private func answer(_ question: Question) async {
        for case let tokens as WebTokens in desk.accessRules.authorizers {
            guard let tag = Tag.of(await tokens.claim(claim, in: question.head)) else { continue }
            return question.reply(tag)
        }
    }
}
