internal import Cryptography

/// A token or key that never shows itself.
///
/// Its descriptions and reflections are `<redacted>`. A candidate is compared by digest: both sides have 32 bytes whatever was sent, every byte
/// is looked at, and someone who guesses cannot steer the digest, so the time taken tells nothing about the secret or its length.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The secret itself, for those who must sign or log in with it. Never log it.
    package let exposed: String
    private let digest: SHA256Digest

    /// `nil` for empty text, which everybody could send.
    package init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        exposed = text
        digest = SHA256Digest(of: Array(text.utf8))
    }

    /// Characters from which on nobody guesses a random token, however many tries there are.
    static let longEnough = 24

    /// Whether it is too long to be guessed.
    var isLong: Bool { exposed.utf8.count >= Self.longEnough }

    /// What somebody shows, to be compared with several secrets. Blanks, newlines and a byte order mark around it are no part of it:
    /// they come from files and from commands that print a line.
    struct Candidate {
        fileprivate let exact: SHA256Digest
        fileprivate let trimmed: SHA256Digest

        init(_ bytes: some Sequence<UInt8>) {
            let all = Array(bytes)
            exact = SHA256Digest(of: all)
            let bare = Array(Self.trim(all))
            trimmed = bare.count == all.count ? exact : SHA256Digest(of: bare)
        }

        private static func trim(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
            func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
            let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
            var rest = bytes.drop(while: isBlank)
            if rest.starts(with: mark) { rest = rest.dropFirst(mark.count).drop(while: isBlank) }
            while let last = rest.last, isBlank(last) { rest.removeLast() }
            return rest
        }
    }

    /// Whether the candidate's bytes are this secret. Takes time by the candidate's length alone.
    package func matches(_ candidate: some Sequence<UInt8>) -> Bool { matches(Candidate(candidate)) }

    func matches(_ candidate: Candidate) -> Bool {
        let (exact, trimmed) = (
            digest.isEqualInConstantTime(to: candidate.exact), digest.isEqualInConstantTime(to: candidate.trimmed)
        )
        return exact || trimmed
    }

    /// Compares by digest, too.
    package static func == (left: Secret, right: Secret) -> Bool {
        left.digest.isEqualInConstantTime(to: right.digest)
    }

    /// `<redacted>`.
    package var description: String { "<redacted>" }
    /// `<redacted>`.
    package var debugDescription: String { "<redacted>" }
    /// Without children, so that `dump` shows nothing either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
