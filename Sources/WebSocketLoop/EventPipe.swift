internal import Glibc

/// The descriptor by which libwebsockets wakes its own loop.
///
/// libwebsockets 4.1 closes it twice when a context ends, the second time a turn of the loop later. By then its number may belong to
/// somebody else in this process, who would lose it. So the number is taken again at once, for the second close to have. libwebsockets 4.3
/// on libuv never closes it (upstream mended that in 2025: "Fix eventfd leak on context destruction").
struct EventPipe {
    private let descriptor: Int32
    private let id: String?

    /// Watches for the descriptor that `make` opens; nil where it can't be told apart.
    static func opened<Result>(by make: () -> Result) -> (Result, EventPipe?) {
        let before = eventDescriptors()
        let result = make()
        let new = eventDescriptors().subtracting(before)
        return (result, new.count == 1 ? EventPipe(descriptor: new.first!, id: id(of: new.first!)) : nil)
    }

    /// Call right after the first close. Somebody may have been faster: then the number is left to them.
    func holdNumber() {
        let placeholder = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard placeholder >= 0, placeholder != descriptor else { return }
        let held = fcntl(placeholder, F_DUPFD_CLOEXEC, descriptor)
        close(placeholder)
        if held >= 0, held != descriptor { close(held) }
    }

    /// Call when nothing of the context is left. What belongs to somebody else by now stays open.
    func closeIfLeft() {
        if let id, Self.id(of: descriptor) == id { close(descriptor) }
    }

    /// The kernel's name of an event descriptor, which it gives to no other one; nil before Linux 5.2, and for what is none.
    private static func id(of number: Int32) -> String? {
        let file = unsafe open("/proc/self/fdinfo/\(number)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let text = unsafe withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { buffer in
            let count = unsafe read(file, buffer.baseAddress, buffer.count)
            return unsafe String(decoding: buffer[..<max(0, count)], as: UTF8.self)
        }
        return text.split(separator: "\n").first { $0.hasPrefix("eventfd-id:") }.map(String.init)
    }

    private static func eventDescriptors() -> Set<Int32> {
        guard let directory = unsafe opendir("/proc/self/fd") else { return [] }
        defer { unsafe closedir(directory) }
        var found: Set<Int32> = []
        while let entry = unsafe readdir(directory) {
            // By pointer: an entry is only as long as its name, shorter than what Swift takes for the field.
            let offset = MemoryLayout<dirent>.offset(of: \.d_name)!
            let name = unsafe String(cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
            guard let number = Int32(name), isEventDescriptor(number) else { continue }
            found.insert(number)
        }
        return found
    }

    private static func isEventDescriptor(_ number: Int32) -> Bool {
        let wanted = "anon_inode:[eventfd]"
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let count = unsafe readlink("/proc/self/fd/\(number)", buffer.baseAddress!, 64)
            guard count == wanted.utf8.count else { return false }
            return unsafe zip(buffer, wanted.utf8).allSatisfy { UInt8(truncatingIfNeeded: $0) == $1 }
        }
    }
}
