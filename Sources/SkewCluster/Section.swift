/// The parts in which a node tells its numbers. Each is a stream of its own: numbered, with a digest, asked for by itself.
package enum Section: UInt8, Sendable, CaseIterable, Comparable {
    /// The count of each version. Every node always hears it.
    case summary = 1
    /// The count of each route. Only while some node wants it.
    case routes = 2
    /// The listed rows, each as a name (``RowText``) whose count is 1. Only while some node wants it.
    case rows = 3

    /// What a heartbeat says where somebody looks at it; nothing for what every node always hears.
    package var want: Heartbeat.Wants {
        switch self {
        case .summary: []
        case .routes: .routes
        case .rows: .rows
        }
    }

    /// The longest name that is read, in bytes.
    var maxNameBytes: Int { self == .rows ? RowText.maxBytes : MessageFormat.maxNameBytes }

    package static func < (left: Section, right: Section) -> Bool { left.rawValue < right.rawValue }
}

/// Where a stream is: what a heartbeat says of it, so that who missed something notices.
package struct StreamMark: Sendable, Equatable {
    package var section: Section
    /// The number of the last delta.
    package var sequence: UInt64
    /// The digest of all counts at that number.
    package var digest: UInt64

    package init(section: Section, sequence: UInt64, digest: UInt64) {
        (self.section, self.sequence, self.digest) = (section, sequence, digest)
    }
}
