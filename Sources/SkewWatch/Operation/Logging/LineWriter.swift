internal import Glibc

/// Writes lines straight to a file descriptor: no buffer that a crash would lose, no half lines of two threads.
public enum LineWriter {
    /// Writes all bytes, in one call as far as the kernel takes them. What cannot be written is dropped.
    public static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            // A log that cannot be written must not stop the server.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
