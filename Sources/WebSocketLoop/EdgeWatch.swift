internal import CLibuv
internal import CLinux
internal import Glibc

/// Notices when something comes for connections that libwebsockets does not watch: those whose head has not come whole, requests and
/// streams, and the relays of TLS.
///
/// Once a request has become a stream, libwebsockets 4.1 never reads its socket again: a peer that closes, resets or sends a byte
/// would leave the loop spinning and the stream counted. One epoll descriptor watches all of these, edge triggered, and is itself
/// watched by the loop. The kernel forgets a descriptor there when it is closed.
@safe
final class EdgeWatch {
    /// What the kernel says of a descriptor.
    struct Event {
        /// Bytes, or the end, can be read.
        var hasInput: Bool
        /// The kernel takes bytes again. Only where that was asked for.
        var hasRoom: Bool
        /// The peer will send no more.
        var hasHungUp: Bool
        /// The peer can't be sent anything, either.
        var isBroken: Bool

        init(_ flags: UInt32) {
            hasInput = flags & EPOLLIN.rawValue != 0
            hasRoom = flags & EPOLLOUT.rawValue != 0
            isBroken = flags & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
            hasHungUp = isBroken || flags & EPOLLRDHUP.rawValue != 0
        }
    }

    /// Tells an end of a relay: no generation of a socket gets so far.
    private static let relay: UInt64 = 1 << 63

    private let epoll: Descriptor
    /// Freed when libuv has closed it.
    private var poll: UnsafeMutablePointer<uv_poll_t>?

    init() throws(LoopError) {
        guard let epoll = Descriptor(takingOwnership: epoll_create1(Int32(EPOLL_CLOEXEC))) else { throw .loopNotCreated }
        self.epoll = epoll
    }

    /// - Parameter loop: is told of what comes until ``stop()``. No weak reference leads to it: one would make each of the many times that
    ///   the loop is retained and released for a connection five times as dear (Swift then counts in a table beside the object).
    func start(on uv: UnsafeMutablePointer<uv_loop_t>, for loop: WebSocketLoop) {
        let poll = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
        unsafe self.poll = unsafe poll
        _ = unsafe uv_poll_init(uv, poll, epoll.number)
        unsafe poll.pointee.data = Unmanaged.passUnretained(loop).toOpaque()
        _ = unsafe uv_poll_start(poll, Int32(UV_READABLE.rawValue), somethingCame)
    }

    /// - Parameter isRelay: whether the descriptor is an end of the connection's relay.
    /// - Returns: false when the kernel refuses.
    func add(_ descriptor: Int32, _ socket: SocketID, isRelay: Bool = false) -> Bool {
        var event = unsafe epoll_event()
        unsafe event.events = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        unsafe event.data.u64 = socket.rawValue | (isRelay ? Self.relay : 0)
        return unsafe epoll_ctl(epoll.number, EPOLL_CTL_ADD, descriptor, &event) == 0
    }

    /// - Parameter wantsRoom: whether to tell when the kernel takes bytes again.
    func change(_ descriptor: Int32, _ socket: SocketID, wantsRoom: Bool, isRelay: Bool = false) {
        var event = unsafe epoll_event()
        unsafe event.events = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue | (wantsRoom ? EPOLLOUT.rawValue : 0)
        unsafe event.data.u64 = socket.rawValue | (isRelay ? Self.relay : 0)
        _ = unsafe epoll_ctl(epoll.number, EPOLL_CTL_MOD, descriptor, &event)
    }

    /// For a descriptor that goes on without being watched here.
    func remove(_ descriptor: Int32) {
        _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// The descriptor itself is closed with the last reference to this, after libuv has let go of it.
    func stop() {
        guard let poll = unsafe poll else { return }
        unsafe self.poll = nil
        let handle = unsafe UnsafeMutableRawPointer(poll).assumingMemoryBound(to: uv_handle_t.self)
        unsafe uv_close(handle) { handle in unsafe UnsafeMutableRawPointer(handle!).deallocate() }
    }

    fileprivate func look(for loop: WebSocketLoop) {
        unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 256) { events in
            let count = unsafe epoll_wait(epoll.number, events.baseAddress!, Int32(events.count), 0)
            for index in 0..<max(0, Int(count)) {
                let name = unsafe events[index].data.u64
                let socket = SocketID(rawValue: name & ~Self.relay)
                if name & Self.relay != 0 { loop.relayWoken(socket) } else { loop.woken(socket, Event(unsafe events[index].events)) }
            }
        }
        loop.letLeave()
        loop.sweepDoomed()
    }
}

@c private func somethingCame(_ poll: UnsafeMutablePointer<uv_poll_t>?, _ status: Int32, _ events: Int32) {
    let loop = unsafe Unmanaged<WebSocketLoop>.fromOpaque(poll!.pointee.data).takeUnretainedValue()
    loop.watch.look(for: loop)
}
