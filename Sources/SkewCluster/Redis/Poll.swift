internal import Glibc

/// The kernel's `poll`, with times.
enum Poll {
    /// Returns when one of the descriptors can be read, or written where that is wanted, or at the time.
    /// - Returns: for each, whether something is the matter with it.
    static func wait(for descriptors: [(Int32, isWriting: Bool)], until time: Duration) -> [Bool] {
        var entries = descriptors.map { pollfd(fd: $0.0, events: Int16(POLLIN | ($0.isWriting ? POLLOUT : 0)), revents: 0) }
        let milliseconds = max(0, min(60_000, (time - MonotonicClock.now).wholeMilliseconds + 1))
        _ = unsafe poll(&entries, nfds_t(entries.count), Int32(milliseconds))
        return entries.map { $0.revents != 0 }
    }
}

/// The clock of the bus' thread.
enum MonotonicClock {
    static var now: Duration {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Duration(secondsComponent: Int64(time.tv_sec), attosecondsComponent: Int64(time.tv_nsec) * 1_000_000_000)
    }
}
