internal import CLibuv
internal import CLinux
internal import Glibc

/// Options of TCP sockets. Those of a listening socket are handed down to the connections that are accepted from it, so that they cost
/// no system call for each.
enum SocketOptions {
    /// What is set once on a socket that is bound, before it listens.
    static func prepare(_ descriptor: Int32) {
        set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    /// Has the kernel hand a connection over when its request is there. A peer that says nothing stays in the kernel for three seconds and
    /// costs nothing here; then it is handed over all the same, and has the time of a handshake. It sees an open port at once. Where the
    /// kernel's queue is full it answers with SYN cookies, and hands over what comes as if this were off.
    static func deferAccept(_ descriptor: Int32) {
        set(descriptor, Int32(IPPROTO_TCP), TCP_DEFER_ACCEPT, 3)
    }

    /// Has the kernel hold back what is no full segment, until ``uncork(_:)``, the end of the connection, or 200 ms: the answer to a
    /// handshake and the first message leave together.
    static func cork(_ descriptor: Int32) {
        set(descriptor, Int32(IPPROTO_TCP), TCP_CORK, 1)
    }

    /// Sends what was held back, and holds back nothing from now on.
    static func uncork(_ descriptor: Int32) {
        set(descriptor, Int32(IPPROTO_TCP), TCP_CORK, 0)
    }

    static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
