internal import SkewWatch

/// Where the numbers of `watch` go, and in which form.
struct WatchOutput: ~Copyable {
    enum Form: ~Copyable {
        /// A page that is drawn over and over.
        case page(PageOnTerminal)
        /// The page's lines, once.
        case table
        /// A line an update, in words.
        case plain
        /// A line an update, in JSON.
        case json
    }

    let url: String
    let form: Form
    private var history = TotalHistory()
    private var lastSecond = Duration.zero
    private var isStale = true

    init(url: String, form: consuming Form) {
        self.url = url
        self.form = form
    }

    /// There are other numbers.
    /// - Returns: false when nobody reads any more.
    mutating func show(_ session: WatchSession) -> Bool {
        guard let statistics = session.statistics else { return true }
        switch form {
        case .page:
            isStale = true
            return true
        case .table:
            let size = Terminal.size
            let canvas = WatchPage.Canvas(columns: size.columns, rows: nil, glyphs: Terminal.glyphs, style: Terminal.style)
            return StandardStreams.write(page(session).lines(on: canvas).joined(separator: "\n") + "\n")
        case .plain:
            return StandardStreams.write(StatisticsLine.plain(statistics, time: WallClock.utc) + "\n")
        case .json:
            let line = StatisticsLine.json(statistics, release: session.release, timestampMilliseconds: MonotonicTime.wallClockMilliseconds)
            return StandardStreams.write(line + "\n")
        }
    }

    /// The connection is lost; the page tells it by itself.
    mutating func tellLoss(_ reason: String) {
        isStale = true
        switch form {
        case .page: break
        default: StandardStreams.complain("The connection to \(url) is lost: \(reason). Trying again.")
        }
    }

    /// Some time has passed: the page is drawn where it is due. More often than ticks come nobody could read it.
    /// - Returns: false when the terminal is gone.
    mutating func tick(_ session: WatchSession, lost: String?, at now: Duration) -> Bool {
        guard isPage else { return true }
        if now - lastSecond >= .seconds(1) {
            lastSecond = now
            isStale = true
            history.add(session.state == .live ? session.statistics?.total : nil)
        }
        guard isStale else { return true }
        isStale = false
        return draw(session, lost: lost)
    }

    /// The terminal has another size.
    func resized(_ session: WatchSession, lost: String?) -> Bool { draw(session, lost: lost) }

    private var isPage: Bool {
        switch form {
        case .page: true
        default: false
        }
    }

    private func draw(_ session: WatchSession, lost: String?) -> Bool {
        switch form {
        case .page(let terminal):
            let size = Terminal.size
            let canvas = WatchPage.Canvas(columns: size.columns, rows: size.rows, glyphs: Terminal.glyphs, style: Terminal.style)
            return terminal.draw(page(session, lost: lost).lines(on: canvas))
        default: return true
        }
    }

    private func page(_ session: WatchSession, lost: String? = nil) -> WatchPage {
        let link: WatchPage.Link = session.state == .live ? .live : lost.map { .lost(reason: $0) } ?? .connecting
        return WatchPage(
            url: url, link: link, statistics: session.statistics, release: session.release, history: history, clock: WallClock.local)
    }
}
