internal import Glibc

/// Why a file cannot be read, in the words of the system.
package struct FileReadingError: Error, Sendable, Equatable {
    /// Such as "No such file or directory"; without a full stop.
    package let reason: String

    /// - Parameter reason: goes into a sentence, without a full stop.
    package init(reason: String) { self.reason = reason }
}

/// Reads whole small files: settings, secrets, certificates.
package enum FileContents {
    /// More than any file of settings needs; guards against a path such as `/dev/zero`.
    static let limit = 1 << 20

    /// The bytes of the file at that path, read with blocking calls: for use before serving.
    package static func read(_ path: String) throws(FileReadingError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .lastError }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16384)
        while bytes.count <= limit {
            let count = unsafe part.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .lastError }
            if count == 0 { return bytes }
            bytes += part[..<count]
        }
        throw FileReadingError(reason: "it is larger than \(limit) bytes")
    }
}

extension FileReadingError {
    fileprivate static var lastError: FileReadingError {
        unsafe FileReadingError(reason: String(cString: strerror(errno)))
    }
}
