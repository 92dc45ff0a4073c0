internal import Glibc

/// Writes lines straight to a file descriptor: no buffer that a crash would lose, no half lines of two threads.
package enum LineWriter {
    /// Writes all bytes, in one call as far as the kernel takes them. What cannot be written is dropped: a log that nobody reads must
    /// not stop the server.
    /// - Returns: false when something was dropped.
    @discardableResult
    package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
