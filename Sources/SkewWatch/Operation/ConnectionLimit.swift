/// How many connections a server takes at once: what was asked for, as far as the machine holds it. A pure rule.
package struct ConnectionLimit: Sendable, Equatable, CustomStringConvertible {
    /// What decides.
    package enum Reason: Sendable, Equatable {
        case setting, files, memory
    }

    /// What a tab costs, the kernel's share included, with room to spare. Through TLS 16 KB of it are OpenSSL's.
    static func bytesPerConnection(isTLS: Bool) -> Int { isTLS ? 24 * 1024 : 6 * 1024 }
    /// What the process costs without any.
    static let bytesOfProcess = 32 << 20
    /// Below this many files a start warns: a public server meets more connections than that.
    static let comfortableFiles = 65_536

    package let count: Int
    package let reason: Reason
    private let asked: Int?
    private let files: Int
    private let memory: Int?

    /// - Parameters:
    ///   - asked: the setting; nil for as many as possible.
    ///   - files: how many files the process may open.
    ///   - memory: bytes that the process may use; nil where nobody says.
    ///   - isTLS: whether connections speak TLS here.
    package init(asked: Int?, files: Int, memory: Int?, isTLS: Bool = false) {
        (self.asked, self.files, self.memory) = (asked, files, memory)
        let byFiles = max(1, (files - FileLimit.reserve) / FileLimit.perConnection(isTLS: isTLS))
        let byMemory = memory.map { max(1, ($0 - Self.bytesOfProcess) / Self.bytesPerConnection(isTLS: isTLS)) } ?? .max
        let possible = min(byFiles, byMemory)
        count = min(asked ?? .max, possible)
        reason = asked.map { $0 <= possible } ?? false ? .setting : byMemory < byFiles ? .memory : .files
    }

    /// For the line that says where it listens, and for `check`.
    package var description: String {
        switch reason {
        case .setting: "at most \(count)"
        case .files: "at most \(count), by the limit of open files (\(files))"
        case .memory: "at most \(count), by the limit of memory (\(megabytes) MB)"
        }
    }

    /// One sentence where the limit may surprise; nil else.
    package var warning: String? {
        let limit = reason == .memory ? "the memory of its container (\(megabytes) MB)" : "the limit of open files (\(files), ulimit -n)"
        if let asked, asked > count { return "--max-connections \(asked) is more than \(limit) allows: at most \(count) are taken." }
        guard asked == nil, reason == .files, files < Self.comfortableFiles else { return nil }
        return "Only \(files) files may be open, so only \(count) connections; raise the limit (ulimit -n)."
    }

    private var megabytes: Int { (memory ?? 0) >> 20 }
}

extension Configuration {
    /// The limit on this machine.
    package var connectionLimit: ConnectionLimit {
        ConnectionLimit(asked: maxConnections, files: FileLimit.current, memory: MemoryLimit.current, isTLS: tlsCertificate != nil)
    }
}
