internal import Presence
internal import SkewProtocol
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
    private var filter: LineFilter
    private var log = RolloutLog()
    private var history = TotalHistory()
    private var lastSecond = Duration.zero
    private var isStale = true
    private var showsAllRoutes = false
    private var showsHelp = false
    /// A line that was kept back by the filter for being too soon.
    private var isHeldBack = false

    init(url: String, form: consuming Form, filter: LineFilter = LineFilter()) {
        self.url = url
        self.form = form
        self.filter = filter
    }

    /// Takes the server's record of the last hour and day in.
    mutating func take(record: JSONValue) {
        log.take(record)
        isStale = true
    }

    /// Takes in which release is out, where there is nothing to show yet: of one that is announced now the time is known.
    mutating func hear(_ session: WatchSession) {
        log.tell(session.release, at: MonotonicTime.wallClockMilliseconds)
    }

    /// There are other numbers.
    /// - Returns: false when nobody reads any more.
    mutating func show(_ session: WatchSession, at now: Duration) -> Bool {
        guard let statistics = session.statistics else { return true }
        let moment = MonotonicTime.wallClockMilliseconds
        log.tell(session.release, at: moment)
        if !statistics.previews.isEmpty { log.previews = statistics.previews }
        log.note(statistics.versions, at: moment)
        if isPage {
            isStale = true
            return true
        }
        guard isTable else { return writeLine(statistics, moment, at: now) }
        let size = Terminal.size
        let canvas = WatchPage.Canvas(columns: size.columns, rows: nil, glyphs: Terminal.glyphs, style: Terminal.style)
        return StandardStreams.write(page(session).lines(on: canvas).joined(separator: "\n") + "\n")
    }

    private mutating func writeLine(_ statistics: LiveStatistics, _ moment: Int64, at now: Duration) -> Bool {
        let facts = log.facts(at: moment, isLive: true, versions: statistics.versions)
        isHeldBack = !filter.takes(facts, at: now)
        guard !isHeldBack else { return true }
        let line =
            switch form {
            case .json: StatisticsLine.json(statistics, facts, timestampMilliseconds: moment)
            default: StatisticsLine.plain(statistics, facts, time: WallClock.utc)
            }
        return StandardStreams.write(line + "\n")
    }

    /// The connection is lost; the page tells it by itself.
    mutating func tellLoss(_ reason: String) {
        isStale = true
        switch form {
        case .page: break
        default: StandardStreams.complain("The connection to \(url) is lost: \(reason). Trying again.")
        }
    }

    /// Some time has passed: keys are looked for, and what is due is drawn. More often than ticks come nobody could read it.
    /// - Returns: false when the terminal is gone, or somebody has typed the end.
    mutating func tick(_ session: WatchSession, lost: String?, at now: Duration) -> Bool {
        for key in keys() {
            switch key {
            case .quit: return false
            case .old: showsAllRoutes.toggle()
            case .help: showsHelp.toggle()
            }
            isStale = true
        }
        guard now - lastSecond >= .seconds(1) || isStale else { return true }
        if now - lastSecond >= .seconds(1) {
            lastSecond = now
            guard isPage else { return tickLines(session, at: now) }
            isStale = true
            history.add(session.state == .live ? session.statistics?.total : nil)
            if session.state == .live, let statistics = session.statistics {
                log.note(statistics.versions, at: MonotonicTime.wallClockMilliseconds)
            }
        }
        guard isStale, isPage else { return true }
        isStale = false
        return draw(session, lost: lost)
    }

    /// A state can change without a number that does, such as a stall; and what came too soon for a line is due now.
    private mutating func tickLines(_ session: WatchSession, at now: Duration) -> Bool {
        guard session.state == .live, let statistics = session.statistics, isHeldBack || filter.onlyChanges else { return true }
        let moment = MonotonicTime.wallClockMilliseconds
        log.note(statistics.versions, at: moment)
        return writeLine(statistics, moment, at: now)
    }

    private func keys() -> [WatchKey] {
        switch form {
        case .page(let terminal): terminal.keys()
        default: []
        }
    }

    /// The terminal has another size.
    func resized(_ session: WatchSession, lost: String?) -> Bool { draw(session, lost: lost) }

    var isPage: Bool {
        switch form {
        case .page: true
        default: false
        }
    }

    private var isTable: Bool {
        switch form {
        case .table: true
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
        let versions = session.statistics?.versions ?? [:]
        let facts = log.facts(at: MonotonicTime.wallClockMilliseconds, isLive: session.state == .live, versions: versions)
        return WatchPage(
            url: url, link: link, statistics: session.statistics, facts: facts, history: history,
            oldTabs: log.oldTabs(facts, columns: WatchPage.mostColumnsOfLine), previews: log.previews, clock: WallClock.local,
            showsAllRoutes: showsAllRoutes, showsHelp: showsHelp)
    }
}
