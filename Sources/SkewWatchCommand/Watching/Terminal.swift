internal import Glibc

/// The terminal on standard output: how large it is, what it can, and the page on it.
enum Terminal {
    /// Whether a page can be drawn: a terminal that takes commands.
    static var takesCommands: Bool {
        guard isatty(STDOUT_FILENO) == 1, let kind = variable("TERM") else { return false }
        return kind != "dumb"
    }

    /// Columns and rows; 80 by 24 where nobody knows.
    static var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Colours unless they are not wanted (https://no-color.org) or cannot be shown.
    static var style: TerminalStyle { TerminalStyle(isOn: takesCommands && variable("NO_COLOR") == nil) }

    static var glyphs: Glyphs {
        let locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? ""
        let isUTF8 = ["utf-8", "utf8"].contains { locale.lowercased().contains($0) }
        return isUTF8 ? .unicode : .plain
    }

    /// A variable of the environment; nil when it is empty, too.
    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name), unsafe value.pointee != 0 else { return nil }
        return unsafe String(cString: value)
    }
}

/// The terminal while a page is on it. Its end gives the terminal back as it was; what was typed meanwhile is dropped.
struct PageOnTerminal: ~Copyable {
    private let former: termios?

    /// Takes the other screen, hides the cursor and the keys that are typed.
    init() {
        var settings = termios()
        former = unsafe tcgetattr(STDIN_FILENO, &settings) == 0 ? settings : nil
        if former != nil {
            settings.c_lflag &= ~tcflag_t(ECHO | ICANON)
            // A read takes what was typed and does not wait.
            unsafe withUnsafeMutableBytes(of: &settings.c_cc) { unsafe ($0[Int(VMIN)], $0[Int(VTIME)]) = (0, 0) }
            _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        }
        // A stopped watcher would leave the shell on the other screen, without a cursor.
        _ = signal(SIGTSTP, SIG_IGN)
        _ = StandardStreams.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
    }

    /// The keys typed since the last time.
    func keys() -> [WatchKey] {
        guard former != nil else { return [] }
        var typed = [UInt8](repeating: 0, count: 16)
        let count = unsafe typed.withUnsafeMutableBytes { unsafe read(STDIN_FILENO, $0.baseAddress, $0.count) }
        return typed.prefix(max(0, count)).compactMap { WatchKey($0) }
    }

    /// Draws over what is there, in one write.
    /// - Returns: false when the terminal is gone.
    func draw(_ lines: [String]) -> Bool {
        StandardStreams.write("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
    }

    deinit {
        _ = StandardStreams.write("\u{1B}[?25h\u{1B}[?1049l")
        if var former { _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &former) }
        _ = signal(SIGTSTP, SIG_DFL)
    }
}
