internal import Glibc

/// How many files, and so connections, the process may open.
enum FileLimit {
    /// libwebsockets allocates a table of the limit's size; some container runtimes set a limit of a billion.
    static let highest: rlim_t = 1_048_576

    /// Raises the soft limit to the hard one, and lowers both to what a server can use.
    static func raise() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_max = min(limit.rlim_max, highest)
        limit.rlim_cur = limit.rlim_max
        // Refused at worst, and then the old limit holds, which the server reads.
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
