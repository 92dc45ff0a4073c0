internal import CLibuv
internal import CLinux
internal import Glibc

/// Bytes that lie in the kernel for a connection.
enum KernelBytes {
    /// Drops up to `count` of them unread.
    /// - Returns: as `recv`: how many there were, 0 at the end of the connection, else -1 and `errno`.
    @discardableResult
    static func drop(_ count: Int, of descriptor: Int32) -> Int {
        // For TCP, MSG_TRUNC drops the bytes in the kernel.
        let dropped = recv(descriptor, nil, count, Int32(MSG_DONTWAIT | MSG_TRUNC))
        guard dropped < 0, errno == EFAULT else { return dropped }
        return readAndDrop(count, of: descriptor)
    }

    /// A Unix socket must be read.
    private static func readAndDrop(_ count: Int, of descriptor: Int32) -> Int {
        unsafe withUnsafeTemporaryAllocation(byteCount: min(count, 16_384), alignment: 16) { buffer in
            var total = 0
            while total < count {
                let read = unsafe recv(descriptor, buffer.baseAddress, min(count - total, buffer.count), Int32(MSG_DONTWAIT))
                guard read > 0 else { return total > 0 ? total : read }
                total += read
            }
            return total
        }
    }
}
