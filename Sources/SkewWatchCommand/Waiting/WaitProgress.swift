internal import Glibc
internal import Presence
internal import SkewWatch

/// Shows on standard error how a wait goes on: one line that changes on a terminal, else a line every ten seconds.
struct WaitProgress {
    private static let interval = Duration.seconds(10)
    private let isTerminal = StandardStreams.errorsGoToTerminal
    private var next = Duration.zero
    private var hasLine = false
    private var isFollowing = false

    mutating func show(_ course: WaitCourse, _ said: RolloutSentence?, at now: Duration) {
        // Until the first numbers there is nothing to show.
        isFollowing = isFollowing || course.view != nil
        guard isFollowing, now >= next else { return }
        next = now + (isTerminal ? .milliseconds(500) : Self.interval)
        let line = WaitWords.progress(course, said, at: now, barWidth: isTerminal ? 20 : 0)
        guard isTerminal else { return write(line + "\n") }
        // To the start of the line, and what is left of the former one is erased.
        write("\r\u{1B}[K" + line)
        hasLine = true
    }

    /// A line that stays.
    mutating func tell(_ sentence: String) {
        finish()
        write(sentence + "\n")
    }

    /// What comes next begins on a line of its own.
    mutating func finish() {
        if hasLine { write("\n") }
        hasLine = false
    }

    private func write(_ text: String) { LineWriter.write(Array(text.utf8), to: STDERR_FILENO) }
}
