internal import Presence
internal import SkewProtocol

/// What a watcher remembers of a rollout: counts by version in steps, and when releases were announced. Handed the time.
struct RolloutLog {
    /// Milliseconds; as the server's record of the last hour has it.
    static let step: Int64 = 10_000
    /// Steps that are kept: an hour.
    static let limit = 360

    /// Of the server's record: the last day, in its steps of five minutes.
    private var older: [RolloutCourse.Sample] = []
    private var samples: [RolloutCourse.Sample] = []
    private var releases: [RolloutCourse.Release] = []
    private(set) var release: String?
    var previews: [String] = []

    /// The server says which release is out now.
    mutating func tell(_ version: String?, at now: Int64) {
        guard let version, version != release else { return }
        // Of the first one nobody knows since when it is out.
        if release != nil { releases.append(.init(version: version, at: now)) }
        release = version
    }

    /// What is open now. The last word in a step counts.
    mutating func note(_ versions: [String: Int], at now: Int64) {
        if let last = samples.last, last.at / Self.step == now / Self.step { samples.removeLast() }
        samples.append(.init(at: now, versions: versions))
        samples.removeFirst(max(0, samples.count - Self.limit))
    }

    /// Takes the server's record in (`GET /admin/history`). What is no record is passed over.
    mutating func take(_ history: JSONValue) {
        older = Self.samples(history["day"])
        let hour = Self.samples(history["hour"])
        let first = samples.first?.at ?? .max
        samples = Array((hour.filter { $0.at < first } + samples).suffix(Self.limit))
        if case .array(let told) = history["releases"] {
            let known = told.compactMap { entry -> RolloutCourse.Release? in
                guard let version = entry["version"]?.text, case .number(let at) = entry["at"] else { return nil }
                return .init(version: version, at: Int64(at))
            }
            releases = (known + releases.filter { own in !known.contains { $0.version == own.version } }).sorted { $0.at < $1.at }
        }
    }

    private static func samples(_ record: JSONValue?) -> [RolloutCourse.Sample] {
        guard case .number(let step) = record?["step"], case .number(let start) = record?["start"], step > 0,
            case .object(let columns) = record?["versions"]
        else { return [] }
        var found: [Int: [String: Int]] = [:]
        for (version, column) in columns {
            guard case .array(let counts) = column else { continue }
            for (place, count) in counts.enumerated() {
                guard case .number(let number) = count, let whole = Int(exactly: number) else { continue }
                found[place, default: [:]][version] = whole
            }
        }
        // A sample is what was true at the end of its step.
        return found.sorted { $0.key < $1.key }.map { place, counts in
            .init(at: Int64(start) + Int64(place + 1) * Int64(step), versions: counts.filter { $0.value > 0 })
        }
    }

    /// Where the rollout stands.
    func facts(at now: Int64, isLive: Bool, versions: [String: Int]) -> RolloutFacts {
        let first = samples.first?.at ?? now
        var all = older.filter { $0.at < first } + samples.filter { $0.at < now }
        if isLive { all.append(.init(at: now, versions: versions)) }
        return RolloutCourse(now: now, isLive: isLive, release: release, releases: releases, previews: previews, samples: all).facts
    }

    /// How many tabs were old by what `facts` says, since the announcement or for the last hour, so many numbers at most.
    func oldTabs(_ facts: RolloutFacts, columns: Int) -> [Int] {
        guard let release, columns > 0 else { return [] }
        let from = facts.announced ?? .min
        let counts = (older.filter { $0.at < (samples.first?.at ?? .max) } + samples).filter { $0.at >= from }.map { sample in
            sample.versions.reduce(0) { sum, entry in
                let isOld = entry.key != release && !RolloutCourse.matches(entry.key, previews) && !facts.newerNames.contains(entry.key)
                return isOld ? sum + entry.value : sum
            }
        }
        guard counts.count > columns else { return counts }
        return (0..<columns).map { counts[($0 + 1) * counts.count / columns - 1] }
    }
}
