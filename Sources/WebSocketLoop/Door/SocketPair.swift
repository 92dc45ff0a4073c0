internal import CLibuv
internal import CLinux
internal import Glibc

/// Two sockets of our own that are connected with each other, one of which can stand in for a peer's.
struct SocketPair: ~Copyable {
    private let ours: Descriptor
    private let theirs: Descriptor

    /// - Returns: nil where no descriptors are left.
    init?() {
        var pair: (Int32, Int32) = (-1, -1)
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let status = unsafe withUnsafeMutableBytes(of: &pair) {
            unsafe socketpair(AF_UNIX, type, 0, $0.baseAddress!.assumingMemoryBound(to: Int32.self))
        }
        guard status == 0, let ours = Descriptor(takingOwnership: pair.0), let theirs = Descriptor(takingOwnership: pair.1) else {
            return nil
        }
        self.ours = ours
        self.theirs = theirs
    }

    /// Gives both ends to somebody who closes them from now on.
    consuming func release() -> (near: Int32, far: Int32) { (ours.release(), theirs.release()) }

    /// Has `descriptor` name the far end.
    borrowing func stand(in descriptor: Int32) -> Bool { Self.replace(descriptor, by: theirs.number) }

    /// Has `descriptor` name what `other` names.
    @discardableResult
    static func replace(_ descriptor: Int32, by other: Int32) -> Bool {
        dup2(other, descriptor) >= 0 && fcntl(descriptor, F_SETFD, FD_CLOEXEC) >= 0
    }

    /// Has the far end read this.
    borrowing func write(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { unsafe send(ours.number, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL)) }
            == bytes.count
    }

    /// Sends on what was written at the far end. It is short, and `descriptor` a connection to which nothing was sent before.
    borrowing func pass(to descriptor: Int32) {
        unsafe withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 16) { buffer in
            while true {
                let count = unsafe recv(ours.number, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
                guard count > 0, unsafe send(descriptor, buffer.baseAddress, count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL)) == count else {
                    return
                }
            }
        }
    }
}
