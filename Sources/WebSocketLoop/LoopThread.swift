internal import CLibuv
internal import Glibc
internal import Synchronization

/// One thread that runs one libuv loop and is a serial executor: the actors that live on it and the C callbacks of its sockets
/// share one thread, so that they may call each other without a hop.
///
/// The thread runs until the executor is released. Actors own their executor, so no job can come later and no awaiter can hang.
package final class LoopThread: SerialExecutor {
    private let core: Core
    /// Beats while a ``WebSocketLoop`` on this thread turns.
    package let heartbeat = Heartbeat()

    /// As many loops as this process has processors.
    package static var recommendedCount: Int { max(1, Int(uv_available_parallelism())) }

    /// Starts the thread.
    package init() throws(LoopError) {
        core = try Core()
        try core.start()
    }

    deinit {
        core.end()
    }

    /// Called from any thread. Jobs of one burst cost one wake-up.
    package func enqueue(_ job: consuming ExecutorJob) {
        unsafe core.enqueue(.actor(UnownedJob(job), asUnownedSerialExecutor()))
    }

    /// Runs `work` on this thread soon, after what was asked for before. Any thread; no task is made for it.
    package func perform(_ work: @escaping @Sendable () -> Void) {
        core.enqueue(.work(work))
    }

    /// Runs `work` on this thread after the loop has turned once, so that sockets are served in between. Any thread.
    package func performNextTurn(_ work: @escaping @Sendable () -> Void) {
        core.enqueueForNextTurn(work)
    }

    package func isIsolatingCurrentContext() -> Bool? { core.isCurrentThread }

    package func checkIsolated() {
        precondition(core.isCurrentThread, "this code belongs on its loop's thread")
    }

    /// The libuv loop. Only for code that runs on this thread.
    var loop: UnsafeMutablePointer<uv_loop_t> { unsafe core.loop }
}

/// What the thread is asked to run.
@safe
private enum Job {
    /// A job of an actor, with the executor it belongs to.
    case actor(UnownedJob, UnownedSerialExecutor)
    case work(@Sendable () -> Void)

    func run() {
        switch self {
        case .actor(let job, let executor): unsafe job.runSynchronously(on: executor)
        case .work(let work): work()
        }
    }
}

/// What the thread and its executor share; the thread keeps it alive until it has ended.
private final class Core: Sendable {
    private struct State {
        var jobs: [Job] = []
        /// One of these runs for each turn of the loop.
        var nextTurns: [@Sendable () -> Void] = []
        var isEnding = false
    }

    private let waker: Waker
    private let state = Mutex(State())
    private let thread = Atomic<UInt>(0)

    var loop: UnsafeMutablePointer<uv_loop_t> { unsafe waker.loop }
    var isCurrentThread: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    init() throws(LoopError) {
        waker = try Waker()
    }

    func start() throws(LoopError) {
        unsafe waker.async.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        var id = pthread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let failure = unsafe pthread_create(&id, nil, runLoopThread, context)
        guard failure == 0 else {
            unsafe Unmanaged<Core>.fromOpaque(context).release()
            waker.free()
            throw .threadNotStarted(errno: failure)
        }
        pthread_detach(id)
    }

    func enqueue(_ job: Job) {
        let isFirst = state.withLock { state in
            state.jobs.append(job)
            return state.jobs.count == 1
        }
        if isFirst { waker.wake() }
    }

    func enqueueForNextTurn(_ work: @escaping @Sendable () -> Void) {
        state.withLock { $0.nextTurns.append(work) }
        waker.wake()
    }

    /// The wake-up is sent under the lock: the thread frees the handle as soon as it has seen the flag.
    func end() {
        state.withLock { state in
            state.isEnding = true
            waker.wake()
        }
    }

    func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        _ = unsafe uv_run(loop, UV_RUN_DEFAULT)
        waker.free()
    }

    private func runNextTurn() {
        let (work, isMore) = state.withLock { state in
            let work = state.nextTurns.isEmpty ? nil : state.nextTurns.removeFirst()
            return (work, !state.nextTurns.isEmpty)
        }
        work?()
        if isMore { waker.wake() }
    }

    /// Runs jobs until none is left; on the loop's thread.
    func drain() {
        runNextTurn()
        while true {
            let (jobs, isEnding) = state.withLock { state in
                defer { state.jobs.removeAll() }
                return (state.jobs, state.isEnding)
            }
            for job in jobs { job.run() }
            if jobs.isEmpty {
                if isEnding { waker.close() }
                return
            }
        }
    }
}

/// The libuv loop with the one handle that other threads may touch.
///
/// `@unchecked Sendable` because `uv_async_send` is documented as safe from any thread; everything else here is called on the
/// loop's thread, or before it started.
@safe
private final class Waker: @unchecked Sendable {
    let loop = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
    let async = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)

    init() throws(LoopError) {
        guard unsafe uv_loop_init(loop) == 0 else {
            deallocate()
            throw .loopNotCreated
        }
        guard unsafe uv_async_init(loop, async, wakeLoopThread) == 0 else {
            free()
            throw .loopNotCreated
        }
    }

    func wake() {
        _ = unsafe uv_async_send(async)
    }

    func close() {
        let handle = unsafe UnsafeMutableRawPointer(async).assumingMemoryBound(to: uv_handle_t.self)
        if unsafe uv_is_closing(handle) == 0 { unsafe uv_close(handle, nil) }
    }

    func free() {
        _ = unsafe uv_loop_close(loop)
        deallocate()
    }

    private func deallocate() {
        unsafe async.deallocate()
        unsafe loop.deallocate()
    }
}

@c private func runLoopThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    let core = unsafe Unmanaged<Core>.fromOpaque(context!).takeRetainedValue()
    core.run()
    return nil
}

@c private func wakeLoopThread(_ async: UnsafeMutablePointer<uv_async_t>?) {
    unsafe Unmanaged<Core>.fromOpaque(async!.pointee.data).takeUnretainedValue().drain()
}
