import Glibc

/// Finds bytes in bytes, at the speed of the C library.
enum ByteSearch {
    /// Whether `needle` occurs in `hay`.
    static func contains(_ needle: [UInt8], in hay: [UInt8]) -> Bool {
        guard let first = needle.first else { return true }
        return unsafe hay.withUnsafeBytes { hay in
            guard var place = hay.baseAddress else { return false }
            let end = unsafe place + hay.count
            while unsafe end - place >= needle.count {
                guard let found = unsafe memchr(place, Int32(first), end - place - needle.count + 1) else { return false }
                if unsafe memcmp(found, needle, needle.count) == 0 { return true }
                unsafe place = UnsafeRawPointer(found) + 1
            }
            return false
        }
    }
}
