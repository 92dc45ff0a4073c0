internal import CLibuv
internal import CLinux
internal import Glibc

/// Two sockets of our own that are connected with each other, one of which stands for a peer's.
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
}
