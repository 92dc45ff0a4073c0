/// A request and its answer, as the door serves them by itself, without libwebsockets: a plain request, or one that became a stream of
/// events. It knows bytes, and has no socket of its own.
struct Exchange {
    enum Stage: Equatable {
        /// Its body is still coming.
        case body
        /// Its handler has not answered yet.
        case thinking
        /// The answer is under way.
        case answering
        /// It was answered; what the peer still sends is dropped until it hangs up, else the answer would be lost by a reset.
        case leaving
        /// It is a stream of events.
        case stream
    }

    /// Ours until it is closed.
    let descriptor: Int32
    /// Whether the answer goes out without its body: to `HEAD`.
    let withoutAnswerBody: Bool
    var stage = Stage.thinking
    /// The body, as far as it has come.
    var body: [UInt8] = []
    /// Bytes of the body that are still to come.
    private(set) var missing = 0
    /// Bytes that the kernel has not taken yet.
    private(set) var unsent: [UInt8] = []
    /// While true, bytes are gathered, so that they leave together.
    var isGathering = false
    /// The head of the answer has gone out already: only a body can follow.
    var hasAnswerHead = false

    init(descriptor: Int32, withoutAnswerBody: Bool) {
        (self.descriptor, self.withoutAnswerBody) = (descriptor, withoutAnswerBody)
    }

    /// From now on the body is read.
    mutating func awaitBody(of length: Int) {
        stage = .body
        missing = length
    }

    mutating func receive(_ piece: UnsafeRawBufferPointer) {
        unsafe body.append(contentsOf: piece)
        missing -= piece.count
    }

    /// The whole body; nothing is kept of it.
    mutating func takeBody() -> [UInt8] {
        defer { body = [] }
        stage = .thinking
        return body
    }

    /// Whether bytes wait for the kernel to take them.
    var isBlocked: Bool { !isGathering && !unsent.isEmpty }

    mutating func keep(_ rest: UnsafeRawBufferPointer) { unsafe unsent.append(contentsOf: rest) }

    /// The kernel took so many of ``unsent``.
    mutating func sent(_ count: Int) {
        if count == unsent.count { unsent = [] } else { unsent.removeFirst(count) }
    }
}
