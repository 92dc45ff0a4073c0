internal import Glibc

/// The one clock: a time that never goes back for all that waits or measures, and the wall clock for what people and clients see.
package enum MonotonicTime {
    /// Since the machine started; never goes back, whatever happens to the wall clock. Costs about 20 ns.
    package static var now: Duration {
        let (seconds, nanoseconds) = read(CLOCK_MONOTONIC)
        return Duration(secondsComponent: Int64(seconds), attosecondsComponent: Int64(nanoseconds) * 1_000_000_000)
    }

    /// Since the machine started, the time that it slept included.
    package static var sinceBoot: Duration {
        let (seconds, nanoseconds) = read(CLOCK_BOOTTIME)
        return Duration(secondsComponent: Int64(seconds), attosecondsComponent: Int64(nanoseconds) * 1_000_000_000)
    }

    /// Milliseconds since 1970, as the messages carry them.
    package static var wallClockMilliseconds: Int64 {
        let (seconds, nanoseconds) = read(CLOCK_REALTIME)
        return Int64(seconds) * 1000 + Int64(nanoseconds) / 1_000_000
    }

    /// The two words of a `timespec`, read as such: which module its members belong to depends on what else the compiler has seen, so
    /// that a build of some files alone could fail here.
    @inline(__always)
    private static func read(_ clock: clockid_t) -> (seconds: Int, nanoseconds: Int) {
        var words = (0, 0)
        _ = unsafe withUnsafeMutablePointer(to: &words) { pointer in
            unsafe pointer.withMemoryRebound(to: timespec.self, capacity: 1) { unsafe clock_gettime(clock, $0) }
        }
        return words
    }
}
