private let minute: Int64 = 60_000

/// The counts of a sample by what they are to the release.
private struct Split {
    var at: Int64
    var total = 0
    var current = 0
    var old = 0
    var preview = 0
    var newer = 0
}

extension RolloutCourse {
    /// Where the rollout stands. The dashboard has the same rule in JavaScript (dashboard.state.js); rollout-states.json holds both to it.
    package var facts: RolloutFacts {
        var course = self
        // To announce again what is out is no rollout of its own, and no way back.
        course.releases = releases.reduce(into: []) { if $0.last?.version != $1.version { $0.append($1) } }
        return course.assessed
    }

    private var assessed: RolloutFacts {
        let latest = samples.last ?? Sample(at: now, versions: [:])
        let announced = releases.last { $0.version == release }?.at
        let newer = unannounced(announced: announced)
        let all = samples.map { split($0, newer: newer) }
        let course = Self.sinceAnnounced(all, announced)
        let drops = Self.drops(all)
        let now = split(latest, newer: newer)
        var facts = RolloutFacts(now: self.now, release: release, announced: announced)
        (facts.total, facts.current, facts.old, facts.preview, facts.newer) = (now.total, now.current, now.old, now.preview, now.newer)
        facts.newerNames = newer
        let before = releases.dropLast().last { $0.version != release }?.version
        facts.former = before ?? mostOld(latest, newer: newer)
        facts.closing = Self.closing(course, self.now)
        facts.milestones = Self.milestones(course, announced)
        RolloutPace(course: course.map { ($0.at, $0.old) }, drops: drops, now: self.now).note(in: &facts)
        decide(&facts, before: before, latest: latest, newer: newer, course: course, drops: drops)
        return facts
    }

    private func decide(
        _ facts: inout RolloutFacts, before: String?, latest: Sample, newer: Set<String>, course: [Split], drops: [RolloutFacts.Drop]
    ) {
        if !isLive {
            facts.state = .stale
            return
        }
        if facts.total == facts.preview {
            facts.state = .nobodyHere
            return
        }
        guard let release else {
            facts.state = .noRelease
            return
        }
        if let drop = drops.last(where: { $0.at > now - 5 * minute && Double(facts.total) < Double($0.from) * 0.85 }) {
            (facts.drop, facts.half) = (drop, nil)
            facts.state = .dropped
            return
        }
        // First, for what has replaced the last tab of a release says that the release was not mistyped.
        facts.rising = rising(newer: newer, latest)
        if facts.rising != nil {
            facts.state = .notAnnounced
            return
        }
        let isFresh = facts.announced.map { $0 > now - 2 * minute } ?? false
        if facts.current == 0, !isFresh, facts.old > 0 {
            let ranked = latest.versions.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            facts.nearest = NearestName.of(release, among: ranked.map(\.key))
            facts.state = .nobody
            return
        }
        if facts.old == 0 {
            facts.since = course.lastIndex { $0.old > 0 }.flatMap { $0 + 1 < course.count ? course[$0 + 1].at : nil }
            if let since = facts.since, let announced = facts.announced { facts.took = since - announced }
            facts.state = .done
            return
        }
        if before != nil, releases.dropLast().contains(where: { $0.version == release }) {
            facts.state = .rollingBack
            return
        }
        facts.gained = Self.growth(course, drops, now)
        if facts.gained != nil {
            facts.state = .growing
            return
        }
        if Double(facts.quiet) >= facts.patience {
            facts.state = .stalled
            return
        }
        facts.state = (facts.slowing ?? 0) > 2 ? .slowing : .rollingOut
    }

    private func split(_ sample: Sample, newer: Set<String>) -> Split {
        var found = Split(at: sample.at)
        for (version, count) in sample.versions {
            found.total += count
            if version == release {
                found.current += count
            } else if Self.matches(version, previews) {
                found.preview += count
            } else if newer.contains(version) {
                found.newer += count
            } else {
                found.old += count
            }
        }
        return found
    }

    // MARK: Versions that were not announced

    /// Versions that came after the release and were never announced: they are not old. A record that is young proves nothing: after a
    /// restart of the server tabs come back in any order.
    private func unannounced(announced: Int64?) -> Set<String> {
        guard let release, let latest = samples.last else { return [] }
        let total = latest.versions.values.reduce(0, +)
        let proof = max(samples[0].at + 5 * minute, announced ?? 0, firstSeen(release))
        return Set(
            latest.versions.filter { version, count in
                guard version != release, version != "(other)", Self.isMany(count, of: total), !Self.matches(version, previews),
                    !releases.contains(where: { $0.version == version })
                else { return false }
                return firstSeen(version) > proof || isReplacing(version)
            }.keys)
    }

    private func firstSeen(_ version: String) -> Int64 { samples.first { $0.versions[version, default: 0] > 0 }?.at ?? .max }

    private static func isMany(_ count: Int, of total: Int) -> Bool { count >= 20 || (count >= 3 && Double(count) > Double(total) * 0.05) }

    private func sample(at time: Int64) -> Sample { samples.last { $0.at <= time } ?? samples[0] }

    /// Whether a version gained in the last five minutes what the release lost.
    private func isReplacing(_ version: String) -> Bool {
        guard let release, let latest = samples.last else { return false }
        let then = sample(at: latest.at - 5 * minute).versions
        let gained = latest.versions[version, default: 0] - then[version, default: 0]
        let lost = then[release, default: 0] - latest.versions[release, default: 0]
        return gained >= 3 && lost > 0
    }

    /// The unannounced version that takes the release's place, with how many tabs it gained in how long.
    private func rising(newer: Set<String>, _ latest: Sample) -> RolloutFacts.Rising? {
        let counts = latest.versions
        let ranked = newer.sorted { (counts[$1, default: 0], $0) < (counts[$0, default: 0], $1) }
        let current = release.flatMap { counts[$0] } ?? 0
        guard let version = ranked.first(where: { isReplacing($0) || counts[$0, default: 0] > current }),
            let first = samples.first(where: { $0.versions[version, default: 0] > 0 })?.at
        else { return nil }
        let from = max(first, latest.at - 5 * minute)
        let then = first < from ? sample(at: from).versions[version, default: 0] : 0
        return .init(version: version, gained: counts[version, default: 0] - then, span: latest.at - from)
    }

    private func mostOld(_ latest: Sample, newer: Set<String>) -> String? {
        latest.versions.filter { $0.key != release && !newer.contains($0.key) && !Self.matches($0.key, previews) }
            .min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
    }

    // MARK: The course

    /// The samples of this rollout: from the announcement on, or from the most old tabs where nobody knows when that was.
    private static func sinceAnnounced(_ all: [Split], _ announced: Int64?) -> [Split] {
        if let announced { return all.filter { $0.at >= announced } }
        let most = all.reduce(0) { max($0, $1.old) }
        return Array(all.suffix(from: all.lastIndex { $0.old == most } ?? 0))
    }

    /// Where more than 30 % of all tabs went within one step and stayed away for another.
    private static func drops(_ all: [Split]) -> [RolloutFacts.Drop] {
        all.indices.dropFirst().dropLast().compactMap { i in
            let from = all[i - 1].total
            let lost = from - all[i].total
            let isSudden = from >= 10 && Double(lost) > Double(from) * 0.3 && all[i].at - all[i - 1].at <= 15_000
            return isSudden && Double(all[i + 1].total) < Double(from) * 0.7 ? .init(at: all[i].at, from: from, lost: lost) : nil
        }
    }

    /// Old tabs that closed in the last minute.
    private static func closing(_ course: [Split], _ now: Int64) -> Int? {
        guard let last = course.last else { return nil }
        let then = course.last { $0.at <= now - minute } ?? course[0]
        return max(0, then.old - last.old)
    }

    /// After how long 50, 90 and 99 % of the old tabs of the beginning were gone.
    private static func milestones(_ course: [Split], _ announced: Int64?) -> [Int: Int64] {
        guard let announced, let first = course.first, first.at <= announced + 5 * minute else { return [:] }
        let most = course.reduce(0) { max($0, $1.old) }
        guard most > 0 else { return [:] }
        let from = course.firstIndex { $0.old == most } ?? 0
        var found: [Int: Int64] = [:]
        for percent in [50, 90, 99] {
            let rest = course[(from + 1)...]
            found[percent] = rest.first { Double($0.old) <= Double(most) * (1 - Double(percent) / 100) }.map { $0.at - announced }
        }
        return found
    }

    /// How many more old tabs there are than two minutes ago; nil where that may be an accident.
    private static func growth(_ course: [Split], _ drops: [RolloutFacts.Drop], _ now: Int64) -> Int? {
        guard let start = course.last(where: { $0.at <= now - 2 * minute }), let last = course.last,
            !drops.contains(where: { $0.at > now - 5 * minute })
        else { return nil }
        let middle = (course.last { $0.at <= now - minute } ?? start).old
        let gained = last.old - start.old
        let isGrowth = Double(gained) >= max(5, Double(start.old) * 0.05) && middle >= start.old && last.old >= middle
        return isGrowth ? gained : nil
    }
}
