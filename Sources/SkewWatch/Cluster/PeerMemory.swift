internal import Presence
internal import SkewProtocol

/// What a node remembers, as it tells one that has just come: how many tabs each version had, which releases were out, and what else
/// was done with announcements. All times are ages, since two nodes' clocks are never compared.
struct PeerMemory: Sendable, Equatable {
    struct Sample: Sendable, Equatable {
        /// Milliseconds.
        var age: Int64
        var versions: [String: Int]
    }

    struct Release: Sendable, Equatable {
        /// Milliseconds.
        var age: Int64
        var version: String
        var isSetting: Bool
        var by: String?
        var told: Int?
        var target: String?
    }

    /// Oldest first.
    var samples: [Sample] = []
    /// Oldest first.
    var releases: [Release] = []
    /// Oldest first. The time of each is its age in milliseconds.
    var acts: [Act] = []

    /// The most bytes of one note.
    private static let longestNote = 24_000
    private static let longestAge: Int64 = 366 * 86_400_000
    private static let mostSamples = 1000
    static let longestTarget = 256

    init() {}

    /// What this node remembers: the last hour in its steps, and before that the last day in longer ones.
    init(
        _ histories: (hour: VersionHistory, day: VersionHistory), _ releases: ReleaseHistory, _ acts: [Act] = [],
        now: Duration, wallClockMilliseconds wall: Int64
    ) {
        let hour = histories.hour.timed(now: now, wallClockMilliseconds: wall)
        let day = histories.day.timed(now: now, wallClockMilliseconds: wall).filter { sample in hour.first.map { sample.at < $0.at } ?? true
        }
        samples = (day + hour).map { Sample(age: max(0, wall - $0.at), versions: $0.versions) }
        self.releases = releases.entries.map {
            Release(
                age: max(0, wall - $0.since), version: $0.version, isSetting: $0.origin == .setting, by: $0.by, told: $0.told,
                target: $0.target)
        }
        self.acts = acts.map { $0.moved(to: max(0, wall - $0.at)) }
    }

    /// The entries of releases, as they are remembered here.
    func records(wallClockMilliseconds wall: Int64) -> [ReleaseHistory.Entry] {
        releases.map {
            .init(
                version: $0.version, origin: $0.isSetting ? .setting : .announcement, since: wall - $0.age, by: $0.by, told: $0.told,
                target: $0.target)
        }
    }

    /// The acts, as they are remembered here.
    func acts(wallClockMilliseconds wall: Int64) -> [Act] { acts.map { $0.moved(to: wall - $0.at) } }

    // MARK: Between nodes

    /// As notes that are short enough each; the releases are in the first one, the acts in the last.
    var notes: [[UInt8]] {
        var (notes, texts, bytes): ([[UInt8]], [JSONValue], Int) = ([], [], 0)
        var rest: [String: JSONValue] = ["releases": .array(releases.suffix(50).map(Self.encoded))]
        func finish() {
            rest["samples"] = .array(texts)
            notes.append(JSONValue.object(rest).encoded)
            (rest, texts, bytes) = ([:], [], 0)
        }
        // The newest go first: what is lost is the oldest.
        for sample in samples.reversed() {
            let text = Self.encoded(sample)
            let length = text.encoded.count + 1
            guard length <= Self.longestNote else { continue }
            if bytes + length > Self.longestNote { finish() }
            texts.append(text)
            bytes += length
        }
        finish()
        for act in acts.reversed() {
            let text = Self.encoded(act)
            let length = text.encoded.count + 1
            guard bytes + length <= Self.longestNote else { break }
            texts.append(text)
            bytes += length
        }
        guard !texts.isEmpty else { return notes }
        // Whoever knows no acts reads a note without samples.
        rest["acts"] = .array(texts)
        texts = []
        finish()
        return notes
    }

    /// Reads one of ``notes``; nil for anything else.
    init?(_ value: JSONValue) {
        guard case .array(let list)? = value["samples"], list.count <= Self.mostSamples else { return nil }
        samples = list.compactMap(Self.sample).sorted { $0.age > $1.age }
        if case .array(let told)? = value["acts"] {
            acts = told.prefix(ActHistory.capacity).compactMap(Self.act).sorted { $0.at > $1.at }
        }
        guard case .array(let told)? = value["releases"] else { return }
        releases = told.prefix(ReleaseHistory.capacity).compactMap(Self.release).sorted { $0.age > $1.age }
    }

    private static func encoded(_ sample: Sample) -> JSONValue {
        .array([.number(Double(sample.age)), .object(sample.versions.mapValues { .number(Double($0)) })])
    }

    private static func encoded(_ release: Release) -> JSONValue {
        var members: [String: JSONValue] = ["age": .number(Double(release.age)), "version": .string(release.version)]
        members["setting"] = release.isSetting ? .boolean(true) : nil
        members["by"] = release.by.map { .string($0) }
        members["told"] = release.told.map { .number(Double($0)) }
        members["target"] = release.target.map { .string($0) }
        return .object(members)
    }

    private static func encoded(_ act: Act) -> JSONValue {
        var members: [String: JSONValue] = ["age": .number(Double(act.at)), "kind": .string(act.kind.rawValue)]
        members["version"] = .string(act.version)
        members["by"] = act.by.map { .string($0) }
        members["target"] = act.target.map { .string($0) }
        for (name, number) in [("number", act.number), ("told", act.told), ("matching", act.matching), ("rate", act.rate)] {
            members[name] = number.map { .number(Double($0)) }
        }
        return .object(members)
    }

    private static func sample(_ value: JSONValue) -> Sample? {
        guard case .array(let parts) = value, parts.count == 2, let age = number(parts[0], upTo: longestAge),
            case .object(let members) = parts[1]
        else { return nil }
        var versions: [String: Int] = [:]
        for (name, value) in members {
            guard let count = number(value, upTo: Int64(UInt32.max)),
                let name = name == Statistics.otherName ? name : CleanText.version(name)
            else { continue }
            versions[name] = Int(count)
        }
        return Sample(age: age, versions: versions)
    }

    private static func release(_ value: JSONValue) -> Release? {
        guard let age = value["age"].flatMap({ number($0, upTo: longestAge) }),
            let version = value["version"]?.text.flatMap({ CleanText.version($0) })
        else { return nil }
        return Release(
            age: age, version: version, isSetting: value["setting"] == .boolean(true),
            by: text(value["by"], upTo: 128), told: count(value["told"]), target: text(value["target"], upTo: longestTarget))
    }

    private static func act(_ value: JSONValue) -> Act? {
        guard let kind = value["kind"]?.text.flatMap({ Act.Kind(rawValue: $0) }), let number = count(value["number"]),
            let age = value["age"].flatMap({ Self.number($0, upTo: longestAge) }),
            let version = value["version"]?.text.flatMap({ CleanText.version($0) })
        else { return nil }
        return Act(
            kind, number: number, at: age, version: version, by: text(value["by"], upTo: 128), told: count(value["told"]),
            matching: count(value["matching"]), rate: count(value["rate"]), target: text(value["target"], upTo: longestTarget))
    }

    private static func text(_ value: JSONValue?, upTo limit: Int) -> String? {
        value?.text.flatMap { CleanText.clean($0.utf8.span, limit: limit) }
    }

    private static func count(_ value: JSONValue?) -> Int? {
        value.flatMap { number($0, upTo: Int64(UInt32.max)) }.map { Int($0) }
    }

    private static func number(_ value: JSONValue, upTo limit: Int64) -> Int64? {
        guard case .number(let number) = value, let whole = Int64(exactly: number), 0...limit ~= whole else { return nil }
        return whole
    }
}

extension Act {
    /// The same at another time.
    fileprivate func moved(to time: Int64) -> Act {
        var act = self
        act.at = time
        return act
    }
}
