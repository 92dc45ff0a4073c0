/// The course of a run: phases one after the other, each bounded, each measured from outside. It ends by itself at its time limit.
final class Course {
    /// The bounds of a run.
    struct Settings {
        var connections: Int
        /// New connections per second; `nil`: as fast as the server takes them.
        var rate: Double?
        /// Handshakes that may be under way at once.
        var inFlight: Int
        /// Nanoseconds from the first phase to the end.
        var timeLimit: Int64
        /// Nanoseconds without a message after which all is told.
        var quiet: Int64
        var server: ServerProcess?
        var showsProgress: Bool
    }

    /// How many tabs open, move and close per second, and which share of the closing ones crashes.
    struct Rates {
        var opens: Double
        var moves: Double
        var closes: Double
        var crashes: Double
    }

    private(set) var settings: Settings
    let crowd: Crowd
    var report: Report
    private let end: Int64
    private var progress: ProgressBar
    private(set) var ranOut = false
    /// Whether the server was killed on the way, and another one has taken its place.
    private(set) var wasKilled = false

    init(_ settings: Settings, crowd: Crowd, report: Report) {
        self.settings = settings
        self.crowd = crowd
        self.report = report
        end = Clock.now + settings.timeLimit
        progress = ProgressBar(isWanted: settings.showsProgress)
    }

    /// Measures `body` as one phase; what it returns is the number of operations.
    func phase(_ name: String, _ body: () -> Int) {
        let before = (Clock.now, crowd.engine.messages, crowd.engine.bytes, settings.server?.usage)
        let operations = body()
        progress.clear()
        let usage = settings.server?.usage
        let cpu = usage.flatMap { usage in before.3.map { usage.cpu - $0.cpu } }
        let phase = Report.Phase(
            name: name, operations: operations, seconds: Double(Clock.now - before.0) / 1e9,
            messages: crowd.engine.messages - before.1, bytes: crowd.engine.bytes - before.2, serverCPUSeconds: cpu,
            resident: usage?.resident)
        report.phases.append(phase)
    }

    /// Opens tabs until there are as many as wanted or as many as that have been tried.
    func ramp(_ name: String = "connect") {
        phase(name) {
            let wanted = settings.connections
            let (opened, failed) = (crowd.tally.opened, crowd.tally.failed)
            var pace = Pace(rate: settings.rate, start: Clock.now)
            var begun = 0
            while crowd.tally.opened - opened + crowd.tally.failed - failed < wanted, isInTime() {
                let room = max(0, min(wanted - begun, settings.inFlight - crowd.engine.pending))
                let due = room > 0 ? pace.take(at: Clock.now, limit: room) : 0
                for _ in 0..<due { crowd.openTab() }
                begun += due
                step(name, done: crowd.tally.opened - opened, of: wanted)
            }
            return crowd.tally.opened - opened
        }
    }

    /// Opens subscribers and waits until each has its first statistics, or a refusal.
    func subscribe(_ modes: [ClientMessage.Mode], count: Int, checked: Int) {
        guard count > 0 else { return }
        phase("subscribe") {
            // Every form on each node.
            for index in 0..<count {
                let node = index / modes.count % crowd.settings.nodes.count
                crowd.openSubscriber(modes[index % modes.count], isChecked: index < checked, on: node)
            }
            wait("subscribe", of: count, atMost: 20_000_000_000) {
                crowd.subscribers.count { $0.isFed || $0.isUnauthorized || $0.ending != nil }
            }
            return crowd.subscribers.count { $0.isFed }
        }
    }

    /// Opens the tab that makes the marks.
    func openMarker() {
        crowd.openMarker()
        wait("marker", of: 1, atMost: 20_000_000_000) { crowd.marker == nil ? 0 : 1 }
    }

    /// Holds what is open for some nanoseconds; with `marking`, marks are made and waited for.
    func hold(_ name: String, for duration: Int64, marking: Bool) {
        guard duration > 0, !crowd.tabs.isEmpty || name == "away" else { return }
        phase(name) {
            let start = Clock.now
            while Clock.now - start < duration, isInTime() {
                if marking { crowd.markIfDue(at: Clock.now) }
                // Nothing is due while holding: rarer turns leave the machine to the server.
                let patience: Int64 = marking ? 2_000_000 : 50_000_000
                step(name, done: Int((Clock.now - start) / 1_000_000), of: Int(duration / 1_000_000), patience)
            }
            return 0
        }
    }

    /// Opens, moves and closes tabs at the given rates per second.
    func churn(_ name: String = "churn", for duration: Int64, _ rates: Rates, marking: Bool) {
        phase(name) {
            let start = Clock.now
            var paces = (
                Pace(rate: rates.opens, start: start), Pace(rate: rates.moves, start: start), Pace(rate: rates.closes, start: start)
            )
            let before = crowd.tally
            while Clock.now - start < duration, isInTime() {
                let now = Clock.now
                let room = max(0, settings.inFlight - crowd.engine.pending)
                if room > 0 { for _ in 0..<paces.0.take(at: now, limit: room) { crowd.openTab() } }
                for _ in 0..<paces.1.take(at: now, limit: 1000) { crowd.moveTab() }
                for _ in 0..<paces.2.take(at: now, limit: 1000) { crowd.closeTab(crashing: rates.crashes) }
                if marking { crowd.markIfDue(at: now) }
                step(name, done: Int((now - start) / 1_000_000), of: Int(duration / 1_000_000))
            }
            return crowd.tally.opened - before.opened + crowd.tally.moved - before.moved + crowd.tally.closed - before.closed
        }
    }

    /// Waits until handshakes, marks and messages have come to rest.
    func quiet() {
        phase("quiet") {
            let start = Clock.now
            wait("quiet", of: 1, atMost: 30_000_000_000) {
                crowd.marks.giveUp(at: Clock.now)
                let calm = Clock.now - max(start, crowd.lastTold) > settings.quiet
                return calm && crowd.engine.pending == 0 && !crowd.marks.isWaiting && !crowd.hasBacklog ? 1 : 0
            }
            return 0
        }
    }

    /// Turns until `done` reaches `total`, for `limit` nanoseconds at most. Returns whether it did.
    @discardableResult
    func wait(_ name: String, of total: Int, atMost limit: Int64, _ done: () -> Int) -> Bool {
        let start = Clock.now
        while done() < total {
            guard Clock.now - start < limit, isInTime() else { return false }
            step(name, done: done(), of: total)
        }
        return true
    }

    /// One turn, with the progress shown; who is away comes back.
    func step(_ name: String, done: Int, of total: Int, _ patience: Int64 = 2_000_000) {
        let now = Clock.now
        progress.show(name, done: done, of: total, note: "\(Numbers.text(crowd.tabs.count)) open", at: now)
        if crowd.isReturning { crowd.comeBack(at: now, limit: settings.inFlight - crowd.engine.pending) }
        crowd.turn(until: min(now + patience, max(now, end)))
    }

    /// Kills the server as the kernel does that is out of memory; somebody else starts the next one. Its figures end here.
    func killServer() {
        guard let server = settings.server, !wasKilled else { return }
        (wasKilled, settings.server) = (true, nil)
        server.kill()
    }

    func isInTime() -> Bool {
        if Clock.now >= end { ranOut = true }
        return !ranOut
    }
}
