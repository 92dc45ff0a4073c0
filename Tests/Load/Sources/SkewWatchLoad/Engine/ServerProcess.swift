import Glibc

/// What the kernel says of the server's process: the server's own figures are never asked.
struct ServerProcess {
    /// CPU used so far and memory resident now.
    struct Usage {
        /// Seconds, in user and kernel mode, all threads.
        var cpu: Double
        /// Bytes.
        var resident: Int
    }

    let pid: Int32

    /// `nil` when there is no such process, or no longer.
    var usage: Usage? {
        guard let cpu, let status = Self.read("/proc/\(pid)/status") else { return nil }
        var resident = 0
        for line in status.split(separator: UInt8(ascii: "\n")) where line.starts(with: Array("VmRSS:".utf8)) {
            resident = (Int(String(decoding: line.filter { $0 >= 48 && $0 <= 57 }, as: UTF8.self)) ?? 0) * 1024
        }
        return Usage(cpu: cpu, resident: resident)
    }

    /// Ends it at once, with no chance to do anything before.
    func kill() { Glibc.kill(pid, SIGKILL) }

    // The process's CPU clock counts nanoseconds; /proc/PID/stat only hundredths of a second.
    private var cpu: Double? {
        var clock = clockid_t()
        var time = timespec()
        guard unsafe clock_getcpuclockid(pid, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func read(_ path: String) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = unsafe Glibc.read(file, &bytes, bytes.count)
        return count > 0 ? Array(bytes[..<count]) : nil
    }
}
