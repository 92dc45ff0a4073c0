internal import CLibuv
internal import Glibc

/// The descriptor by which libwebsockets wakes its own loop.
///
/// libwebsockets 4.1 closes it twice when a context ends, the second time a turn of the loop later. By then its number may belong to
/// somebody else in this process, who would lose it. So the number is taken again at once, for the second close to have. Until it is,
/// other threads may open something: the kernel gives them the lowest free numbers, so some lower ones are kept for them.
/// libwebsockets 4.3 on libuv never closes it (upstream mended that in 2025: "Fix eventfd leak on context destruction").
struct EventPipe {
    /// How many others may open something between the first close and the moment when the number is taken again.
    private static let lowerNumbers = 4

    private let descriptor: Int32
    private let id: String?
    private var lower: [Int32]

    /// Watches for the descriptor that `make` has this libuv loop poll; nil where it can't be told apart. What other threads open meanwhile
    /// is not mistaken for it.
    static func opened<Result>(on loop: UnsafeMutablePointer<uv_loop_t>, by make: () -> Result) -> (Result, EventPipe?) {
        let before = unsafe polledDescriptors(of: loop)
        let lower = isClosedTwice ? (0..<lowerNumbers).map { _ in unsafe open("/dev/null", O_RDONLY | O_CLOEXEC) } : []
        let result = make()
        // libwebsockets 4.3 polls a netlink socket, too.
        let new = unsafe polledDescriptors(of: loop).subtracting(before).filter(isEventDescriptor)
        guard let descriptor = new.first, new.count == 1 else {
            for number in lower { close(number) }
            return (result, nil)
        }
        return (result, EventPipe(descriptor: descriptor, id: id(of: descriptor), lower: lower))
    }

    private static var isClosedTwice: Bool { LibraryWorkaround.eventPipe.isNeeded(by: LibraryVersion(LibraryVersions.libwebsockets)) }

    /// Carries out the first close, by `close`, and takes the number. Where somebody was faster all the same, it is left to them.
    mutating func holdNumber(while close: () -> Void) {
        for number in lower { Glibc.close(number) }
        lower = []
        close()
        guard Self.isClosedTwice else { return }
        let placeholder = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard placeholder >= 0, placeholder != descriptor else { return }
        let held = fcntl(placeholder, F_DUPFD_CLOEXEC, descriptor)
        Glibc.close(placeholder)
        if held >= 0, held != descriptor { Glibc.close(held) }
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

    private static func polledDescriptors(of loop: UnsafeMutablePointer<uv_loop_t>) -> Set<Int32> {
        var found: Set<Int32> = []
        unsafe withUnsafeMutablePointer(to: &found) { found in
            unsafe uv_walk(
                loop,
                { handle, found in
                    var descriptor: Int32 = -1
                    guard unsafe uv_handle_get_type(handle) == UV_POLL, unsafe uv_fileno(handle, &descriptor) == 0 else { return }
                    unsafe found!.assumingMemoryBound(to: Set<Int32>.self).pointee.insert(descriptor)
                }, found)
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
