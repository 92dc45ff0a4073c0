internal import CLibuv
internal import CLinux
internal import Glibc

/// A Unix socket that listens, as it lies in the file system.
///
/// It is made under another name, given its mode, and put in its place when it listens: so nobody finds one that is not ready, or open to
/// others than it should be, and a server that takes over leaves no gap.
package struct SocketFile: Sendable, Equatable {
    /// Longest path in bytes: the kernel takes 107, and the name that it is made under is longer.
    package static let maxPathBytes = 96

    package let path: String
    /// Which file is this server's own: another one may take its place.
    private let identity: Identity

    /// Listens at `path` with one socket, which has `count` descriptors, one for each loop: Unix has no `SO_REUSEPORT`.
    ///
    /// A socket that lies there and on which nobody listens, as a process that was killed leaves it, is replaced.
    /// - Parameters:
    ///   - mode: who may connect, as of `chmod`.
    ///   - takesOver: whether another process of ours may listen there already.
    /// - Throws: when somebody listens there, when what lies there is no socket, or when the system says no.
    package static func listen(
        at path: String, mode: Int, count: Int, takesOver: Bool = false
    ) throws(LoopError) -> ListeningSockets {
        try makeSure(path, isFree: takesOver)
        let made = "\(path).\(getpid())"
        unsafe unlink(made)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .socketNotUsable(path: path, errno: errno) }
        guard unsafe call(Glibc.bind, descriptor, made) == 0 else { throw failure(of: descriptor, path) }
        guard unsafe chmod(made, mode_t(mode)) == 0, Glibc.listen(descriptor, 4096) == 0, let identity = Identity(ofFileAt: made),
            unsafe rename(made, path) == 0
        else {
            let error = failure(of: descriptor, path)
            unsafe unlink(made)
            throw error
        }
        var descriptors = [descriptor]
        while descriptors.count < count {
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
            guard copy >= 0 else {
                let error = failure(of: descriptor, path)
                for copy in descriptors.dropFirst() { Glibc.close(copy) }
                unsafe unlink(path)
                throw error
            }
            descriptors.append(copy)
        }
        return ListeningSockets(port: 0, descriptors: descriptors, file: SocketFile(path: path, identity: identity))
    }

    /// Removes the file, unless another server has put its own in its place.
    package func remove() {
        if Identity(ofFileAt: path) == identity { unsafe unlink(path) }
    }

    /// Why no socket could be put at `path`, as far as can be known without trying: its folder, or what lies there. One on which somebody
    /// listens is no reason: it may be the server that is to be restarted.
    package static func fault(at path: String) -> LoopError? {
        var info = stat()
        if unsafe lstat(path, &info) == 0, info.st_mode & S_IFMT != S_IFSOCK { return .noSocket(path: path) }
        let folder = String(path[...(path.lastIndex(of: "/") ?? path.startIndex)])
        return unsafe access(folder, W_OK | X_OK) == 0 ? nil : .socketNotUsable(path: path, errno: errno)
    }

    /// - Parameter isFree: whether a server that listens there is to be replaced.
    /// - Throws: unless the place is free, or a dead server's socket lies there.
    private static func makeSure(_ path: String, isFree takesOver: Bool) throws(LoopError) {
        var info = stat()
        guard unsafe lstat(path, &info) == 0 else { return }
        guard info.st_mode & S_IFMT == S_IFSOCK else { throw .noSocket(path: path) }
        guard !takesOver else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .socketNotUsable(path: path, errno: errno) }
        defer { Glibc.close(descriptor) }
        // One whose queue is full says EAGAIN, and lives.
        guard unsafe call(Glibc.connect, descriptor, path) != 0, errno != EAGAIN else { throw .socketInUse(path: path) }
        guard errno == ECONNREFUSED || errno == ENOENT else { throw .socketNotUsable(path: path, errno: errno) }
    }

    private typealias AddressCall = (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32

    /// Calls `bind` or `connect` with a path.
    private static func call(_ function: AddressCall, _ descriptor: Int32, _ path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        return unsafe withUnsafeMutableBytes(of: &address) { storage in
            // sun_path lies behind the family, and ends with a NUL.
            guard bytes.count < storage.count - 2 else {
                errno = ENAMETOOLONG
                return -1
            }
            for (index, byte) in bytes.enumerated() { unsafe storage[2 + index] = byte }
            return unsafe function(
                descriptor, UnsafePointer(storage.baseAddress!.assumingMemoryBound(to: sockaddr.self)), socklen_t(storage.count))
        }
    }

    /// What the call that failed left in `errno`. Closes the descriptor.
    private static func failure(of descriptor: Int32, _ path: String) -> LoopError {
        let number = errno
        Glibc.close(descriptor)
        return .socketNotUsable(path: path, errno: number)
    }

    /// Which file it is, whatever it is called.
    private struct Identity: Equatable {
        let device: UInt64
        let number: UInt64

        init?(ofFileAt path: String) {
            var info = stat()
            guard unsafe lstat(path, &info) == 0 else { return nil }
            (device, number) = (UInt64(info.st_dev), UInt64(info.st_ino))
        }
    }
}
