import Glibc

/// What /proc says of the server's process: the server's own figures are never asked.
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
        guard let stat = Self.read("/proc/\(pid)/stat"), let status = Self.read("/proc/\(pid)/status") else { return nil }
        // The command's name stands in parentheses and may hold anything, blanks and parentheses too.
        guard let end = stat.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = stat[(end + 1)...].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        var resident = 0
        for line in status.split(separator: UInt8(ascii: "\n")) where line.starts(with: Array("VmRSS:".utf8)) {
            resident = (Int(String(decoding: line.filter { $0 >= 48 && $0 <= 57 }, as: UTF8.self)) ?? 0) * 1024
        }
        return Usage(cpu: (user + system) / Double(sysconf(Int32(_SC_CLK_TCK))), resident: resident)
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
