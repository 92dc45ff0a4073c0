import CEpoll
import Glibc

/// One epoll descriptor; tokens come back as they were given.
/// Safe because of the event's union only the integer is ever written and read.
@safe struct Poller: ~Copyable {
    /// What a descriptor is watched for. Errors and hang-ups are always told.
    struct Interest: OptionSet {
        let rawValue: UInt32
        static let readable = Interest(rawValue: EPOLLIN.rawValue | EPOLLRDHUP.rawValue)
        static let writable = Interest(rawValue: EPOLLOUT.rawValue)
    }

    /// What happened to one descriptor.
    struct Ready {
        var token: UInt64
        var isWritable: Bool
        /// Also true after an error or a hang-up: reading tells which.
        var isReadable: Bool
    }

    private let descriptor: Int32
    private var events = unsafe [epoll_event](repeating: epoll_event(), count: 1024)

    init() {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        precondition(descriptor >= 0, "the kernel gives no epoll descriptor")
    }

    deinit { Glibc.close(descriptor) }

    func add(_ socket: Int32, token: UInt64, _ interest: Interest) { control(EPOLL_CTL_ADD, socket, token, interest) }

    func change(_ socket: Int32, token: UInt64, _ interest: Interest) { control(EPOLL_CTL_MOD, socket, token, interest) }

    /// Waits at most `milliseconds` and appends what happened.
    mutating func wait(milliseconds: Int32, _ ready: inout [Ready]) {
        let count = unsafe epoll_wait(descriptor, &events, Int32(events.count), milliseconds)
        guard count > 0 else { return }
        let reading = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
        for place in 0..<Int(count) {
            let event = unsafe events[place]
            unsafe ready.append(
                Ready(
                    token: unsafe event.data.u64, isWritable: event.events & EPOLLOUT.rawValue != 0,
                    isReadable: event.events & reading != 0))
        }
    }

    private func control(_ operation: Int32, _ socket: Int32, _ token: UInt64, _ interest: Interest) {
        var event = unsafe epoll_event(events: interest.rawValue, data: epoll_data_t(u64: token))
        let result = unsafe epoll_ctl(descriptor, operation, socket, &event)
        precondition(result == 0, "epoll refuses a descriptor of ours")
    }
}
