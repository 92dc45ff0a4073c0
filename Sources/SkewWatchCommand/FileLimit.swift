internal import Glibc

/// How many files, and so connections, the process may open.
enum FileLimit {
    /// The most that is taken unasked. Debian's libwebsockets goes through a table of the limit's size for every connection that closes,
    /// at 0.13 ns per entry: 17 µs at this limit, 135 at a million, where 10,000 tabs that drop at once would hold their loop for 1.4 s.
    static let usual: rlim_t = 131_072
    /// The most that is taken at all: some container runtimes set a limit of a billion, and the table has to be allocated.
    static let highest: rlim_t = 1_048_576
    /// What is not for connections.
    private static let reserve = 64

    /// Sets the soft limit to what a server for so many connections can use, as far as the hard one allows, and lowers the hard one to it.
    static func raise(connections: Int?) {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_max = wanted(connections: connections, allowed: limit.rlim_max)
        limit.rlim_cur = limit.rlim_max
        // Refused at worst, and then the old limit holds, which the server reads.
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// The limit for so many connections, for the usual number where none is asked for.
    static func wanted(connections: Int?, allowed: rlim_t) -> rlim_t {
        let asked = connections.map { rlim_t(clamping: $0) + rlim_t(reserve) } ?? 0
        return min(allowed, min(max(asked, usual), highest))
    }
}
