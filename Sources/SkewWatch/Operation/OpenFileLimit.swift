internal import Glibc

/// How many files, and so connections, this process may open.
enum OpenFileLimit {
    /// Descriptors that are not for connections: listening sockets, loops, logs, the reserve.
    static let reserved = 64
    /// Below this a start warns: a public server meets more connections than that.
    static let comfortable = 65_536

    /// Descriptors that are open now, counted where the kernel lists them.
    static var inUse: Int {
        guard let directory = unsafe opendir("/proc/self/fd") else { return 0 }
        defer { unsafe closedir(directory) }
        var count = 0
        while unsafe readdir(directory) != nil { count += 1 }
        // Without `.`, `..` and the descriptor this is read with.
        return count - 3
    }

    static var current: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_cur)
    }
}
