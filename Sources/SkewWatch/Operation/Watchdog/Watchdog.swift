internal import Glibc
internal import Logging
internal import Synchronization
internal import WebSocketLoop

/// Watches from a thread of its own whether the loops turn, and ends the process where one hangs for good, so that its supervisor
/// starts another: tabs come back by themselves, a hung loop does not.
final class Watchdog: Sendable {
    private let heartbeats: [Heartbeat]
    private let logger: Logger
    /// Between two looks. The rule counts looks, so tests look oftener.
    private let interval: Duration
    private let watch = Mutex(LoopWatch())
    private let finding = Mutex(LoopWatch.Finding.allTurn)
    private let isEnded = Atomic<Bool>(false)

    init(over heartbeats: [Heartbeat], interval: Duration = .seconds(1), logger: Logger) {
        self.heartbeats = heartbeats
        self.interval = interval
        self.logger = logger
    }

    /// One sentence for probes where a loop does not turn; nil where all do. Any thread; it waits for nobody.
    var complaint: String? {
        guard case .stalled(let loop, let looks) = finding.withLock({ $0 }) else { return nil }
        return "loop \(loop) has not turned for \(looks) seconds"
    }

    /// Starts to watch.
    func start() throws(LoopError) {
        let watchdog = unsafe Unmanaged.passRetained(self).toOpaque()
        var thread = pthread_t()
        let failure = unsafe pthread_create(&thread, nil, watchLoops, watchdog)
        guard failure == 0 else {
            unsafe Unmanaged<Watchdog>.fromOpaque(watchdog).release()
            throw .threadNotStarted(errno: failure)
        }
        pthread_detach(thread)
    }

    /// The server ends from now on: a loop that is silent when `time` is over ends the process.
    func startDraining(within time: Duration) {
        watch.withLock { $0.startDraining(looks: Int((time / interval).rounded(.up))) }
    }

    /// Watches no more; its thread ends within an interval.
    func stop() { isEnded.store(true, ordering: .relaxed) }

    fileprivate func run() {
        while true {
            usleep(UInt32(clamping: Int(interval / .microseconds(1))))
            if isEnded.load(ordering: .relaxed) { return }
            look()
        }
    }

    private func look() {
        let beats = heartbeats.map(\.count)
        let found = watch.withLock { $0.look(at: beats) }
        let before = finding.withLock { old in
            defer { old = found }
            return old
        }
        switch found {
        case .allTurn:
            if case .stalled(let loop, _) = before { logger.warning("A loop turns again.", metadata: ["loop": .number(loop)]) }
        case .stalled(let loop, let looks):
            if before == .allTurn { logger.error("A loop hangs.", metadata: ["loop": .number(loop), "seconds": .number(looks)]) }
        case .hung(let loop, let looks):
            logger.critical("A loop hangs; the process ends.", metadata: ["loop": .number(loop), "seconds": .number(looks)])
            abort()
        }
    }
}

@c private func watchLoops(_ watchdog: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    unsafe Unmanaged<Watchdog>.fromOpaque(watchdog!).takeRetainedValue().run()
    return nil
}
