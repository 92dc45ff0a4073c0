import Glibc

/// The one buffer that all sockets are read into. Safe because it owns its memory and lends no more of it than it has.
@safe struct ReadBuffer: ~Copyable {
    /// What one read gave.
    enum Result {
        case bytes(Int)
        case nothingYet
        case ended
        case failed(Int32)
    }

    /// Bytes of one read: large enough that a snapshot of 2,000 rows is one.
    static let size = 1 << 18

    private let space = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: ReadBuffer.size)

    init() {
        unsafe space.initialize(repeating: 0)
    }

    deinit { unsafe space.deallocate() }

    /// Reads once from `socket` without blocking.
    func receive(from socket: Int32) -> Result {
        let count = unsafe recv(socket, space.baseAddress, Self.size, Int32(MSG_DONTWAIT))
        if count > 0 { return .bytes(count) }
        if count == 0 { return .ended }
        return errno == EAGAIN || errno == EINTR ? .nothingYet : .failed(errno)
    }

    /// The first `count` bytes of the last read.
    func withBytes<T>(_ count: Int, _ body: (Span<UInt8>) -> T) -> T {
        body(unsafe Span(_unsafeElements: UnsafeBufferPointer(rebasing: space[..<count])))
    }
}
