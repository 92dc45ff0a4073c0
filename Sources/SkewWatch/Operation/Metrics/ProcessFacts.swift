internal import Glibc

/// What the kernel knows of this process, under the names that Prometheus' own libraries use.
struct ProcessFacts: Sendable, Equatable {
    /// CPU time since the start, of all threads, in user and kernel mode.
    var cpuSeconds = 0.0
    var residentBytes = 0
    var virtualBytes = 0
    /// Seconds since 1970; nil where the kernel does not say.
    var startTime: Double?
    var openFiles = 0
    var maxFiles = 0

    /// As it is now. Reads files of `/proc`; about 50 µs, and more with many open files.
    static var now: ProcessFacts {
        func text(_ path: String) -> String { (try? FileContents.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? "" }
        var facts = ProcessFacts(
            stat: text("/proc/self/stat"), boot: boot, ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)),
            pageBytes: sysconf(Int32(_SC_PAGESIZE)))
        (facts.openFiles, facts.maxFiles) = (FileLimit.inUse, FileLimit.current)
        return facts
    }

    /// When the machine started, in seconds since 1970. Not from `/proc/stat`, which a sandbox may hide.
    private static var boot: Double {
        Double(MonotonicTime.wallClockMilliseconds) / 1000 - MonotonicTime.sinceBoot / .seconds(1)
    }
}

extension ProcessFacts {
    /// - Parameters:
    ///   - stat: the text of `/proc/self/stat`.
    ///   - boot: when the machine started, in seconds since 1970.
    init(stat: String, boot: Double, ticksPerSecond: Int, pageBytes: Int) {
        self.init()
        // The second field is the name, in parentheses, and may hold anything; the third one stands behind the last of them.
        guard let end = stat.lastIndex(of: ")") else { return }
        let fields = stat[end...].dropFirst().split(separator: " ").map { Double($0.filter { $0 != "\n" }) }
        func field(_ number: Int) -> Double? { fields.indices.contains(number - 3) ? fields[number - 3] : nil }
        let ticks = Double(max(1, ticksPerSecond))
        cpuSeconds = ((field(14) ?? 0) + (field(15) ?? 0)) / ticks
        virtualBytes = field(23).map { Int($0) } ?? 0
        residentBytes = field(24).map { Int($0) * pageBytes } ?? 0
        if let start = field(22) { startTime = boot + start / ticks }
    }
}
