import CAllocationCount
import Glibc

/// What the calling thread has used so far. CPU time, not the clock on the wall: other work on the machine is not counted.
struct ThreadUsage: Sendable {
    /// Nanoseconds of CPU.
    var cpu: Int
    /// How often it asked for memory.
    var allocations: Int

    static var now: ThreadUsage {
        let allocations = allocations_of_this_thread()
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return ThreadUsage(cpu: time.tv_sec * 1_000_000_000 + time.tv_nsec, allocations: allocations)
    }

    static func - (later: ThreadUsage, earlier: ThreadUsage) -> ThreadUsage {
        ThreadUsage(cpu: later.cpu - earlier.cpu, allocations: later.allocations - earlier.allocations)
    }
}
