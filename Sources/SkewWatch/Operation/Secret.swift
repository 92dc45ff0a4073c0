internal import Cryptography

/// A token or key that never shows itself.
///
/// Its descriptions and reflections are `<redacted>`. A candidate is compared by digest: both sides have 32 bytes whatever was sent, every byte
/// is looked at, and someone who guesses cannot steer the digest, so the time taken tells nothing about the secret or its length.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The secret itself, for those who must sign or log in with it. Never log it.
    public let exposed: String
    private let digest: SHA256Digest

    /// `nil` for empty text, which everybody could send.
    public init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        exposed = text
        digest = SHA256Digest(of: text.utf8)
    }

    /// Whether the candidate's bytes are this secret. Takes time by the candidate's length alone.
    public func matches(_ candidate: some Sequence<UInt8>) -> Bool {
        digest.isEqualInConstantTime(to: SHA256Digest(of: candidate))
    }

    /// Compares by digest, too.
    public static func == (left: Secret, right: Secret) -> Bool {
        left.digest.isEqualInConstantTime(to: right.digest)
    }

    /// `<redacted>`.
    public var description: String { "<redacted>" }
    /// `<redacted>`.
    public var debugDescription: String { "<redacted>" }
    /// Without children, so that `dump` shows nothing either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
