internal import CLibuv
internal import CLibwebsockets
internal import Glibc

/// WebSockets and HTTP/1.1 requests on one thread: the one place that touches libwebsockets and libuv.
///
/// It knows sockets and bytes; what they mean is the handler's. Everything here is called on the loop's thread.
@safe
package final class WebSocketLoop {
    /// Ten ticks are a second: deadlines are seconds, and every tick wakes the thread.
    static let ticksPerSecond = 10

    let options: LoopOptions
    let budget: ConnectionBudget
    /// nil where every handshake is refused.
    unowned let webSockets: (any WebSocketHandler)?
    /// nil where every plain request is refused.
    unowned let requests: (any RequestHandler)?
    let hooks: LoopHooks
    let uv: UnsafeMutablePointer<uv_loop_t>
    private let thread: LoopThread
    let settings: ContextSettings
    /// nil without TLS.
    let tls: TLSContext?
    private(set) var eventPipe: EventPipe?
    /// One for each place that is listened at.
    private var listeners: [Listener] = []
    private var state = State.stopped
    /// The handshake that libwebsockets is answering just now.
    var adoption: Adoption?
    /// What it is given of it: the room is used again.
    var plainHandshake: [UInt8] = []
    /// Connections for which the kernel holds the answer to their handshake back.
    var corked: [SocketID] = []
    private let timer = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)
    let startedAt: UInt64
    /// How long connections are waited for.
    let waits: Waits

    var table = SocketTable()
    var deadlines = Deadlines()
    /// Sockets to end on the next occasion that lies outside of libwebsockets' own callbacks.
    var doomed: [SocketID] = []
    /// Watches what libwebsockets does not.
    let watch: EdgeWatch
    private(set) var door: FrontDoor!
    var outboxes: [Int: Outbox] = [:]
    var assemblies: [Int: MessageAssembly] = [:]
    var scratch: UnsafeMutableRawBufferPointer
    var libraryLog = LibraryLog()
    private var hasToldProxyTrouble = false
    var memoryRelease = MemoryRelease()

    /// Sets up libwebsockets on the thread's loop.
    ///
    /// - Parameters:
    ///   - budget: shared by all loops of the server.
    ///   - webSockets: kept unowned; it must live until ``stop(whenStopped:)`` has called back. Without one every handshake is refused.
    ///   - requests: kept unowned, too. Without one every plain request is refused.
    ///   - hooks: kept until the loop is released.
    package init(
        on thread: LoopThread, options: LoopOptions, budget: ConnectionBudget, webSockets: (any WebSocketHandler)? = nil,
        requests: (any RequestHandler)? = nil, hooks: LoopHooks
    ) throws(LoopError) {
        thread.checkIsolated()
        self.thread = thread
        self.options = options
        self.budget = budget
        self.webSockets = webSockets
        self.requests = requests
        self.hooks = hooks
        unsafe uv = unsafe thread.loop
        tls = try options.tls.map { files throws(LoopError) in try TLSContext(files) }
        settings = unsafe ContextSettings(options, loop: thread.loop)
        startedAt = unsafe uv_now(uv)
        waits = Waits(options)
        unsafe scratch = .allocate(byteCount: frameHeadroom + Self.scratchBytes, alignment: 16)
        LibraryLog.install()
        watch = try EdgeWatch()
        // Released when libwebsockets has called for the last time.
        let pointer = unsafe Unmanaged.passRetained(self).toOpaque()
        let (made, pipe) = unsafe EventPipe.opened(on: uv) { unsafe settings.createContext(user: pointer) }
        guard let context = unsafe made else {
            unsafe timer.deallocate()
            unsafe Unmanaged<WebSocketLoop>.fromOpaque(pointer).release()
            throw .contextNotCreated
        }
        eventPipe = pipe
        unsafe watch.start(on: uv, for: self)
        door = FrontDoor(loop: self)
        unsafe startTimer(pointer)
        guard let vhost = unsafe settings.createVhost(in: context) else {
            unsafe destroy(context) {}
            throw .contextNotCreated
        }
        unsafe state = .running(context: context, vhost: vhost)
    }

    private func startTimer(_ pointer: UnsafeMutableRawPointer) {
        _ = unsafe uv_timer_init(uv, timer)
        unsafe timer.pointee.data = pointer
        let milliseconds = UInt64(1000 / Self.ticksPerSecond)
        _ = unsafe uv_timer_start(timer, tickOfLoop, milliseconds, milliseconds)
        // From now on it is to turn: one that hangs before its first tick is missed, too.
        thread.heartbeat.beat()
    }

    deinit {
        unsafe scratch.deallocate()
    }

    /// Starts accepting on the socket that was opened for the loop number `index`. There may be several such places.
    package func listen(on sockets: ListeningSockets, index: Int) {
        let gate = AcceptGate(maxPending: options.maxPendingHandshakes)
        listeners.append(
            unsafe Listener(takingOwnership: sockets.descriptors[index], on: uv, gate: gate, budget: budget, loop: self))
    }

    /// Reads the certificate and its key again, from the files it began with, for the connections to come. What is open stays open, with
    /// the certificate that it has. Without TLS it does nothing.
    /// - Throws: when the new pair can't be used; the one before stays in force.
    package func renewCertificate() throws(LoopError) {
        try tls?.renew()
    }

    /// Stops accepting; what is open stays open.
    package func stopListening() {
        for listener in listeners { listener.stop() }
        listeners = []
    }

    /// Drops every connection, gives everything back to libwebsockets and libuv, and calls `whenStopped` once, on this thread.
    ///
    /// Sockets that should hear a close code are closed before. The handler is not told of the connections that this drops.
    package func stop(whenStopped: @escaping () -> Void) {
        guard case .running(let context, _) = state else { return }
        stopListening()
        for index in table.indices { end(index, .abandoned) }
        door.dropAll()
        unsafe destroy(context, whenDestroyed: whenStopped)
    }

    /// Connections of this loop, those in their handshake included.
    package var openConnections: Int { table.count }

    /// Connections of this loop that are not answered yet.
    package var pendingHandshakes: Int { door.pending.count }

    /// Bytes of messages that were handed to the kernel or wait for it.
    package internal(set) var sentBytes = 0

    /// How late the loop was for its clock, since its start.
    package private(set) var lag = LagHistogram()
    /// In nanoseconds of the clock; 0 before the first tick.
    private var expectedTick: UInt64 = 0

    /// Notes that the loop turns, and how late. Called with every tick.
    func noteTurn() {
        thread.heartbeat.beat()
        let time = uv_hrtime()
        if expectedTick > 0 { lag.record(time > expectedTick ? Double(time - expectedTick) / 1e9 : 0) }
        expectedTick = time + UInt64(1_000_000_000 / Self.ticksPerSecond)
    }

    // MARK: What the listener and the timer call

    /// The time in ticks; 1 is the start.
    var now: UInt32 { unsafe UInt32(truncatingIfNeeded: (uv_now(uv) - startedAt) * UInt64(Self.ticksPerSecond) / 1000 + 1) }

    /// Where connections are handed over to libwebsockets; nil while it is not at work.
    var virtualHost: (context: OpaquePointer, vhost: OpaquePointer)? {
        guard case .running(let context, let vhost) = state else { return nil }
        return unsafe (context, vhost)
    }

    /// Whether the handler may be called.
    var isRunning: Bool { if case .running = state { true } else { false } }

    /// A connection was accepted: it gets an id.
    func take() -> SocketID { table.take() }

    /// A connection is not answered at once: it stands among those that are pending, and gets a deadline until it is answered.
    func await(_ socket: SocketID, in slot: PendingConnections.Slot) {
        table[socket.index].pendingSlot = slot
        deadlines.set(.handshake, socket.index, due: now + waits.handshake)
    }

    /// A tenth of a second of a clock that all loops share.
    var sharedTick: UInt32 { unsafe UInt32(truncatingIfNeeded: uv_now(uv) / 100) }

    /// Says once what is wrong with how proxies are set up.
    func tellProxyTrouble() {
        if !hasToldProxyTrouble { log(.noProxyHeader) }
        hasToldProxyTrouble = true
    }

    func refused(_ refusal: ConnectionRefusal) { hooks.notice(.refused(refusal)) }

    func log(_ notice: LoopNotice) { hooks.notice(notice) }

    /// The connection is answered, and becomes what it is from now on.
    func leaveHandshake(_ index: Int, for phase: Ending.Phase) {
        settle(index)
        table[index].ending.become(phase)
    }

    /// The connection is answered, or one that may last: its deadline is lifted, its place among the pending ones free.
    func settle(_ index: Int) {
        guard let slot = table[index].takePendingSlot() else { return }
        deadlines.forget(index)
        door.settled(slot)
        for listener in listeners { listener.resume() }
    }

    /// Hangs up on a pending connection so that another may come in.
    func crowdedOut(_ slot: PendingConnections.Slot) {
        let socket = door.pending[slot].socket
        refused(.crowdedOut)
        end(socket.index, .overdue)
        sweepDoomed()
        // libwebsockets may take a while to end it; its place is free at once.
        if let index = table.index(of: socket) { settle(index) }
    }

    /// Lifts the deadline of a request that is complete and whose answer may be long in coming. Its handler answers it, or not.
    package func liftDeadline(of socket: SocketID) {
        if let index = table.index(of: socket) { settle(index) }
    }

    /// Something came, or its peer hung up, for a connection that libwebsockets does not watch.
    func woken(_ socket: SocketID, _ event: EdgeWatch.Event) {
        if let index = table.index(of: socket) { door.woken(index, event) }
    }

    /// The same for an end of the relay through which a connection comes.
    func relayWoken(_ socket: SocketID) {
        if table.index(of: socket) != nil { door.relayWoken(socket) }
    }

    /// Forgets a connection whose memory libwebsockets frees.
    func release(_ index: Int) {
        settle(index)
        forget(index)
        door.forget(index)
        table.release(index)
        budget.giveBack()
    }

    /// Forgets what waits for a connection or is waited for.
    func forget(_ index: Int) {
        deadlines.forget(index)
        outboxes[index] = nil
        assemblies[index] = nil
    }

    // MARK: Stopping

    /// libwebsockets finishes destroying a context over a few turns of the loop and must be asked twice; see `lws_context_destroy` in
    /// its core/context.c.
    private func destroy(_ context: OpaquePointer, whenDestroyed: @escaping () -> Void) {
        unsafe state = .stopping(context: context, ticksSinceEmpty: 0, whenDestroyed)
        let destroy = { unsafe lws_context_destroy(context) }
        if eventPipe == nil { destroy() } else { eventPipe!.holdNumber(while: destroy) }
    }

    /// By the second tick after the last connection is gone all handles of libwebsockets are closed.
    func finishStopping() {
        guard case .stopping(let context, let ticks, let whenDestroyed) = state, table.count == 0 else { return }
        if ticks == 0 { watch.stop() }
        guard ticks == 1 else {
            unsafe state = .stopping(context: context, ticksSinceEmpty: ticks + 1, whenDestroyed)
            return
        }
        unsafe lws_context_destroy(context)
        if LibraryWorkaround.leftEventPipe.isNeeded(by: LibraryVersion(LibraryVersions.libwebsockets)) { eventPipe?.closeIfLeft() }
        state = .stopped
        thread.heartbeat.end()
        let handle = unsafe UnsafeMutableRawPointer(timer).assumingMemoryBound(to: uv_handle_t.self)
        unsafe uv_close(handle) { handle in unsafe UnsafeMutableRawPointer(handle!).deallocate() }
        unsafe Unmanaged.passUnretained(self).release()
        whenDestroyed()
    }

    @safe
    private enum State {
        case running(context: OpaquePointer, vhost: OpaquePointer)
        /// libwebsockets is taking leave of the context.
        case stopping(context: OpaquePointer, ticksSinceEmpty: Int, () -> Void)
        /// Nothing of libwebsockets is left, or not there yet.
        case stopped
    }

}

@c private func tickOfLoop(_ timer: UnsafeMutablePointer<uv_timer_t>?) {
    unsafe Unmanaged<WebSocketLoop>.fromOpaque(timer!.pointee.data).takeUnretainedValue().tick()
}
