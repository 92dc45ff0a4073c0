/// Which releases were out, the one that is out now last: a value, so that it can be kept and put back.
struct ReleaseHistory: Sendable, Equatable {
    /// Who said that a release is out.
    enum Origin: Sendable, Equatable {
        /// `--release`, at the start.
        case setting
        /// An announcement, while the server ran.
        case announcement
    }

    struct Entry: Sendable, Equatable {
        let version: String
        let origin: Origin
        /// Milliseconds since 1970.
        let since: Int64
    }

    /// Older ones are forgotten.
    static let capacity = 100

    private(set) var entries: [Entry] = []

    /// The release that is out now; nil while none is known.
    var current: String? { entries.last?.version }

    /// Each release that was out, once, the newest first; one that was out again counts from then.
    var versions: [String] {
        var seen: Set<String> = []
        return entries.reversed().map(\.version).filter { seen.insert($0).inserted }
    }

    /// Remembers that a release is out. To say again what is out already is an entry, too: somebody said so.
    mutating func record(_ version: String, _ origin: Origin, at moment: Int64) {
        if entries.count == Self.capacity { entries.removeFirst() }
        entries.append(Entry(version: version, origin: origin, since: moment))
    }
}
