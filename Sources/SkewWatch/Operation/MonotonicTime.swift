internal import Glibc

/// The one clock: a time that never goes back for all that waits or measures, and the wall clock for what people and clients see.
package enum MonotonicTime {
    /// Since the machine started; never goes back, whatever happens to the wall clock. Costs about 20 ns.
    package static var now: Duration {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Duration(secondsComponent: Int64(time.tv_sec), attosecondsComponent: Int64(time.tv_nsec) * 1_000_000_000)
    }

    /// Milliseconds since 1970, as the messages carry them.
    package static var wallClockMilliseconds: Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
