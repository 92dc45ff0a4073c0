/// How much memory this process may use, as its control groups say, which is how containers and systemd limit it.
enum MemoryLimit {
    /// Bytes; nil where there is no limit.
    static var current: Int? {
        func text(_ path: String) -> String? { (try? FileContents.read(path)).map { String(decoding: $0, as: UTF8.self) } }
        return text("/proc/self/cgroup").flatMap { of(groups: $0, read: text) }
    }

    /// The smallest limit on the way from the process's group to the root, in version 2 and version 1 of control groups.
    /// - Parameters:
    ///   - groups: the text of `/proc/self/cgroup`.
    ///   - read: the text of a file; nil where there is none.
    static func of(groups: String, read: (_ path: String) -> String?) -> Int? {
        var limits: [Int] = []
        for line in groups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            if parts[1].isEmpty {
                limits += limitsOnTheWay(of: parts[2], below: "/sys/fs/cgroup", file: "memory.max", read)
            } else if parts[1].split(separator: ",").contains("memory") {
                limits += limitsOnTheWay(of: parts[2], below: "/sys/fs/cgroup/memory", file: "memory.limit_in_bytes", read)
            }
        }
        return limits.min()
    }

    /// A group that a container cannot see by its outer path is its root.
    private static func limitsOnTheWay(of group: Substring, below root: String, file: String, _ read: (String) -> String?) -> [Int] {
        var names = group.split(separator: "/")
        var limits: [Int] = []
        while true {
            let folder = ([root] + names.map(String.init)).joined(separator: "/")
            if let limit = read("\(folder)/\(file)").flatMap(number) { limits.append(limit) }
            if names.popLast() == nil { return limits }
        }
    }

    /// `max`, and version 1's number near the largest there is, are no limits.
    private static func number(_ text: String) -> Int? {
        Int(text.filter { $0 != "\n" }).flatMap { 1..<(1 << 60) ~= $0 ? $0 : nil }
    }
}
