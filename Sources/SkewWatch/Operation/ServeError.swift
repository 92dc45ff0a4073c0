internal import WebSocketLoop

/// Why a server could not start: one sentence for people.
public struct ServeError: Error, Sendable, Equatable {
    /// The sentence.
    public let sentence: String

    init(_ error: LoopError) { sentence = error.sentence }
}
