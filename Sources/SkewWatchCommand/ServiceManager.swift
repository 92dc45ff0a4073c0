internal import Glibc

/// Tells systemd, or whoever speaks its protocol (sd_notify(3)), how the server is: `Type=notify` and `WatchdogSec=` of a unit.
struct ServiceManager: Sendable {
    enum Message: String, Sendable {
        case ready = "READY=1"
        case stopping = "STOPPING=1"
        /// Alive: all loops turn.
        case alive = "WATCHDOG=1"
    }

    /// The socket's name: a path, or `@` and a name that is no file's.
    private let socketName: String
    /// How often it must hear that the server is alive; nil where it does not ask for it.
    let watchdog: Duration?

    /// - Returns: nil where nobody asked to be told.
    init?(environment: [String: String], process: Int = Int(getpid())) {
        guard let name = environment["NOTIFY_SOCKET"], name.hasPrefix("/") || name.hasPrefix("@"), name.utf8.count < 108 else { return nil }
        socketName = name
        let isForThis = environment["WATCHDOG_PID"].map { Int($0) == process } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
        watchdog = isForThis ? microseconds.map { .microseconds($0) } : nil
    }

    /// Sends a message; nobody waits for it, and nothing happens where nobody is there.
    func tell(_ message: Message) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(socketName.utf8)
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        unsafe withUnsafeMutableBytes(of: &address) { unsafe UnsafeMutableRawBufferPointer(rebasing: $0[start...]).copyBytes(from: name) }
        let bytes = Array(message.rawValue.utf8)
        _ = unsafe withUnsafePointer(to: &address) { address in
            unsafe sendto(
                descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL),
                UnsafeRawPointer(address).assumingMemoryBound(to: sockaddr.self), socklen_t(start + name.count))
        }
    }

    /// Says again and again that the server is alive, as long as it is, until its task is cancelled.
    func keepTelling(isAlive: () -> Bool) async {
        guard let watchdog else { return }
        while !Task.isCancelled {
            if isAlive() { tell(.alive) }
            try? await Task.sleep(for: watchdog / 3)
        }
    }
}
