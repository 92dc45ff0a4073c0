internal import CLibwebsockets
internal import Glibc
internal import Synchronization

/// libwebsockets' own log lines: warnings and errors only, printable, and not more than ten within ten seconds.
///
/// libwebsockets has one log function per process and does not say which context speaks, so the lines wait here until a loop's
/// tick takes them.
struct LibraryLog {
    static let linesPerPeriod = 10

    private static let waiting = Mutex(Waiting())

    private struct Waiting {
        var lines: [String] = []
        var leftOut = 0
        var inPeriod = 0
    }

    private var nextPeriod: UInt32 = 0

    static func install() {
        unsafe lws_set_log_level(LLL_ERR | LLL_WARN, collectLibraryLine)
    }

    /// What is no trouble: an error of each handshake that it is given (``WebSocketLoop/adopt(takingOwnership:_:_:)``), and, from 4.3 on, a
    /// warning of each loop but the first that it is not told when the machine's routes change, which nobody here asks for.
    private static let ordinary = ["adopt_socket_readbuf: calling service", "netlink bind failed"]

    static func add(_ line: UnsafePointer<CChar>) {
        for known in ordinary where unsafe strstr(line, known) != nil { return }
        let text = unsafe String(cString: line)
        let printable = String(
            String.UnicodeScalarView(text.unicodeScalars.prefix(200).filter { $0.properties.generalCategory != .control }))
        waiting.withLock { waiting in
            waiting.inPeriod += 1
            if waiting.inPeriod <= linesPerPeriod { waiting.lines.append(printable) } else { waiting.leftOut += 1 }
        }
    }

    /// The lines since the last call; every ten seconds also how many were left out.
    mutating func take(at tick: UInt32) -> [LoopNotice] {
        let isNewPeriod = tick >= nextPeriod
        if isNewPeriod { nextPeriod = tick + UInt32(10 * WebSocketLoop.ticksPerSecond) }
        return Self.waiting.withLock { waiting in
            var notices = waiting.lines.map { LoopNotice.library($0) }
            waiting.lines = []
            if isNewPeriod {
                if waiting.leftOut > 0 { notices.append(.libraryLinesLeftOut(waiting.leftOut)) }
                (waiting.leftOut, waiting.inPeriod) = (0, 0)
            }
            return notices
        }
    }
}

@c private func collectLibraryLine(_ level: Int32, _ line: UnsafePointer<CChar>?) {
    if let line = unsafe line { unsafe LibraryLog.add(line) }
}
