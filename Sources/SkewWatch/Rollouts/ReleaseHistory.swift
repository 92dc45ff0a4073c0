internal import HistoryStore
internal import SkewProtocol

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
        /// Who announced it; nil where nobody knows.
        var by: String?
        /// How many tabs were told; nil while nobody knows.
        var told: Int?
        /// To whom it was limited, in a few words; nil for all tabs.
        var target: String?
    }

    /// Older ones are forgotten.
    static let capacity = 100

    private(set) var entries: [Entry] = []

    init() {}

    /// What was remembered, oldest first.
    init(_ records: [ReleaseRecord]) {
        entries = records.suffix(Self.capacity).map {
            Entry(
                version: $0.version, origin: $0.origin == .setting ? .setting : .announcement, since: $0.time, by: $0.by, told: $0.told,
                target: $0.target)
        }
    }

    /// The release that is out now; nil while none is known.
    var current: String? { entries.last?.version }

    /// All of them as they are told, oldest first.
    var told: [HistoryReport.Release] {
        entries.map { .init(at: $0.since, version: $0.version, by: $0.by, told: $0.told, target: $0.target) }
    }

    /// When the release that is out was announced, in milliseconds since 1970; nil where it only was a setting.
    var announcedAt: Int64? {
        guard let last = entries.last, last.origin == .announcement else { return nil }
        return last.since
    }

    /// Each release that was out, once, the newest first; one that was out again counts from then.
    var versions: [String] {
        var seen: Set<String> = []
        return entries.reversed().map(\.version).filter { seen.insert($0).inserted }
    }

    /// Another node has known for longer what was out; what is out now stays, as does what more was told meanwhile.
    mutating func take(_ older: [Entry]) {
        let last = entries.last
        entries = older
        if let last, last.version != older.last?.version {
            entries.append(last)
        } else if let told = last?.told {
            note(told: told, of: older.last?.version ?? "")
        }
        entries = Array(entries.suffix(Self.capacity))
    }

    /// Remembers to how many tabs the newest release of this version was told. Of two words that overtake each other the higher one is the
    /// later.
    mutating func note(told count: Int, of version: String) {
        guard let index = entries.lastIndex(where: { $0.version == version }) else { return }
        entries[index].told = max(count, entries[index].told ?? 0)
    }

    /// Remembers that a release is out. To say again what is out already is an entry, too: somebody said so.
    mutating func record(_ version: String, _ origin: Origin, by: String? = nil, to target: String? = nil, at moment: Int64) {
        if entries.count == Self.capacity { entries.removeFirst() }
        entries.append(Entry(version: version, origin: origin, since: moment, by: by, target: target))
    }
}
