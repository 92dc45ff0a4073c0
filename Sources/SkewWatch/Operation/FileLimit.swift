internal import Glibc

/// How many files, and so connections, this process may open.
package enum FileLimit {
    /// Descriptors that are not for connections: listening sockets, loops, logs, the spare ones.
    static let reserve = 64
    /// The most that is taken unasked. Debian's libwebsockets goes through a table of the limit's size for every connection that closes,
    /// at 0.13 ns per entry: 17 µs at this limit, 135 at a million, where 10,000 tabs that drop at once would hold their loop for 1.4 s.
    static let usual = 131_072
    /// The most that is taken at all: some container runtimes set a limit of a billion, and the table has to be allocated.
    static let highest = 1_048_576

    /// What a connection takes: through TLS its own descriptor, and two by which what comes out of TLS is passed on.
    static func perConnection(isTLS: Bool) -> Int { isTLS ? 3 : 1 }

    /// The limit now.
    static var current: Int { limits.map { Int(clamping: $0.rlim_cur) } ?? 1024 }

    /// Descriptors that are open now, counted where the kernel lists them.
    static var inUse: Int {
        guard let directory = unsafe opendir("/proc/self/fd") else { return 0 }
        defer { unsafe closedir(directory) }
        var count = 0
        while unsafe readdir(directory) != nil { count += 1 }
        // Without `.`, `..` and the descriptor this is read with.
        return count - 3
    }

    /// Sets the soft limit to what a server for so many connections can use, as far as the hard one allows, and lowers the hard one to
    /// it. For a command: a program that embeds the library decides about its own limits.
    package static func raise(connections: Int?, isTLS: Bool) {
        guard var limits else { return }
        let connections = connections.map { $0 * perConnection(isTLS: isTLS) }
        limits.rlim_max = rlim_t(wanted(connections: connections, allowed: Int(clamping: limits.rlim_max)))
        limits.rlim_cur = limits.rlim_max
        // Refused at worst, and then the old limit holds, which the server reads.
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
    }

    /// The limit for so many connections, for the usual number where none is asked for.
    static func wanted(connections: Int?, allowed: Int) -> Int {
        let asked = connections.map { $0 + reserve } ?? 0
        return min(allowed, min(max(asked, usual), highest))
    }

    private static var limits: rlimit? {
        var limits = rlimit()
        return unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 ? limits : nil
    }
}
