internal import Glibc
internal import SkewWatch

/// Standard output and standard error of the command.
enum StandardStreams {
    /// Call once at start: a reader that is gone is no reason to die.
    static func prepare() { _ = signal(SIGPIPE, SIG_IGN) }

    /// Writes a line, or several, to standard output, without a buffer: a reader sees them at once, terminal or not.
    static func print(_ text: String) { LineWriter.write(Array((text.last == "\n" ? text : text + "\n").utf8), to: STDOUT_FILENO) }

    /// Writes a text as it is to standard output, in one call as far as the kernel takes it.
    /// - Returns: false when nobody reads any more.
    static func write(_ text: String) -> Bool { LineWriter.write(Array(text.utf8), to: STDOUT_FILENO) }

    /// Writes a sentence to standard error.
    static func complain(_ sentence: String) { LineWriter.write(Array("skewwatch: \(sentence)\n".utf8), to: STDERR_FILENO) }

    /// Writes a line about how something goes on to standard error.
    static func note(_ line: String) { LineWriter.write(Array("\(line)\n".utf8), to: STDERR_FILENO) }

    /// Whether a person sees standard error.
    static var errorsGoToTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}
