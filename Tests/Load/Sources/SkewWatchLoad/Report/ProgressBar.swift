import Glibc

/// One line on the terminal that shows how far a phase is, drawn ten times a second at most. Nothing where stderr is no terminal.
struct ProgressBar {
    private let isOn: Bool
    private var drawnAt: Int64 = 0
    private var isDrawn = false

    init(isWanted: Bool) {
        isOn = isWanted && isatty(STDERR_FILENO) == 1
    }

    /// Shows that `done` of `total` is done; `note` follows the bar.
    mutating func show(_ phase: String, done: Int, of total: Int, note: String, at now: Int64) {
        guard isOn, now - drawnAt > 100_000_000 else { return }
        drawnAt = now
        isDrawn = true
        put("\r" + Self.line(phase, done: done, of: total, note: note) + "\u{1B}[K")
    }

    /// Takes the line away.
    mutating func clear() {
        if isDrawn { put("\r\u{1B}[K") }
        isDrawn = false
    }

    /// The line itself.
    static func line(_ phase: String, done: Int, of total: Int, note: String) -> String {
        let width = 24
        let filled = total > 0 ? min(width, max(0, done * width / total)) : width
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        return "\(phase) [\(bar)] \(Numbers.text(done))/\(Numbers.text(total)) \(note)"
    }

    private func put(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
