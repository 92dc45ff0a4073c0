package import Presence

/// The answer of `GET /admin/history` for a span: who ran what, step by step, the releases, and what happened to them.
package struct HistoryReport: Sendable {
    /// A release that was out.
    package struct Release: Sendable, Equatable {
        /// Milliseconds since 1970.
        package var at: Int64
        package var version: String
        /// Who announced it; nil where nobody knows.
        package var by: String?
        /// How many tabs were told; nil while nobody knows.
        package var told: Int?
        /// To whom it was limited, in a few words; nil for all tabs.
        package var target: String?

        package init(at: Int64, version: String, by: String? = nil, told: Int? = nil, target: String? = nil) {
            (self.at, self.version, self.by, self.told, self.target) = (at, version, by, told, target)
        }
    }

    /// When so many per cent of the old tabs were gone.
    package struct Milestone: Sendable, Equatable {
        package var version: String
        package var percent: Int
        /// Milliseconds since 1970.
        package var at: Int64
    }

    /// The release of now; nil while none is known.
    package var release: String?
    /// Milliseconds since 1970, as all times here.
    package var now: Int64
    package var from: Int64
    package var to: Int64
    /// Milliseconds.
    package var step: Int64
    /// Oldest first, at most one in each step.
    package var samples: [RolloutCourse.Sample]
    /// Oldest first.
    package var releases: [Release]
    /// What else was done with announcements, oldest first.
    package var acts: [Act]

    package init(
        release: String?, now: Int64, from: Int64, to: Int64, step: Int64, samples: [RolloutCourse.Sample], releases: [Release],
        acts: [Act] = []
    ) {
        (self.release, self.now, self.from, self.to, self.step) = (release, now, from, to, step)
        (self.samples, self.releases, self.acts) = (samples, releases, acts)
    }

    /// When 50, 90, 99 and 100 per cent of the old tabs of each release's beginning were gone.
    package var milestones: [Milestone] {
        releases.indices.flatMap { index -> [Milestone] in
            let release = releases[index]
            let end = releases.dropFirst(index + 1).first { $0.version != release.version }?.at ?? .max
            let part = samples.filter { release.at <= $0.at && $0.at < end }.map { (at: $0.at, old: Self.old($0, release.version)) }
            guard let first = part.first, first.at <= release.at + max(300_000, step) else { return [] }
            let most = part.reduce(0) { max($0, $1.old) }
            guard most > 0, let top = part.lastIndex(where: { $0.old == most }) else { return [] }
            return [50, 90, 99, 100].compactMap { percent in
                part[top...].first { $0.old * 100 <= most * (100 - percent) }.map {
                    Milestone(version: release.version, percent: percent, at: $0.at)
                }
            }
        }
    }

    private static func old(_ sample: RolloutCourse.Sample, _ release: String) -> Int {
        sample.versions.reduce(0) { $1.key == release ? $0 : $0 + $1.value }
    }

    /// Where more than 30 % of at least ten tabs went from one sample to the next.
    package var drops: [(at: Int64, from: Int, lost: Int)] {
        zip(samples, samples.dropFirst()).compactMap { before, after in
            let (from, to) = (before.versions.values.reduce(0, +), after.versions.values.reduce(0, +))
            guard from >= 10, (from - to) * 10 > from * 3, after.at - before.at <= 2 * max(step, 15_000) else { return nil }
            return (after.at, from, from - to)
        }
    }

    /// As JSON. Each version has one number a step, `null` where nobody took a sample.
    package var encoded: [UInt8] {
        var members: [String: JSONValue] = [
            "release": release.map { .string($0) } ?? .null, "now": Self.number(now), "from": Self.number(from), "to": Self.number(to),
            "step": Self.number(step), "start": Self.number(from),
        ]
        members["versions"] = .object(series.mapValues { .array($0.map { $0.map { .number(Double($0)) } ?? .null }) })
        members["releases"] = Self.encoded(releases)
        members["acts"] = Self.encoded(acts)
        members["milestones"] = .array(
            milestones.map {
                .object(["version": .string($0.version), "percent": .number(Double($0.percent)), "at": Self.number($0.at)])
            })
        members["drops"] = .array(
            drops.map { .object(["at": Self.number($0.at), "from": .number(Double($0.from)), "lost": .number(Double($0.lost))]) })
        return JSONValue.object(members).encoded
    }

    static func encoded(_ releases: [Release]) -> JSONValue {
        .array(
            releases.map { release in
                var members: [String: JSONValue] = ["at": number(release.at), "version": .string(release.version)]
                members["by"] = release.by.map { .string($0) } ?? .null
                members["told"] = release.told.map { .number(Double($0)) } ?? .null
                members["target"] = release.target.map { .string($0) }
                return .object(members)
            })
    }

    static func encoded(_ acts: [Act]) -> JSONValue {
        .array(
            acts.map { act in
                var members: [String: JSONValue] = ["at": number(act.at), "kind": .string(act.kind.rawValue)]
                members["version"] = .string(act.version)
                members["by"] = act.by.map { .string($0) } ?? .null
                members["told"] = act.told.map { .number(Double($0)) } ?? .null
                members["matching"] = act.matching.map { .number(Double($0)) }
                members["rate"] = act.rate.map { .number(Double($0)) }
                members["target"] = act.target.map { .string($0) }
                return .object(members)
            })
    }

    private static func number(_ number: Int64) -> JSONValue { .number(Double(number)) }

    /// Tabs of each version, one number a step from `from` on.
    package var series: [String: [Int?]] {
        let count = Int((to - from) / step) + 1
        var series: [String: [Int?]] = [:]
        let names = Set(samples.flatMap(\.versions.keys))
        var empty: [Int?] = Array(repeating: nil, count: count)
        for sample in samples where 0..<count ~= Int((sample.at - from) / step) { empty[Int((sample.at - from) / step)] = 0 }
        for name in names { series[name] = empty }
        for sample in samples {
            let index = Int((sample.at - from) / step)
            guard 0..<count ~= index else { continue }
            for (name, tabs) in sample.versions { series[name]?[index] = tabs }
        }
        return series
    }

    /// As CSV (RFC 4180): a line for each version of each sample. A name that a spreadsheet would take for a formula has a `'` in front.
    package var csv: [UInt8] {
        var text = "time,version,tabs\r\n"
        for sample in samples {
            for (name, tabs) in sample.versions.sorted(by: { $0.key < $1.key }) {
                text += "\(WireTime.text(sample.at)),\(Self.cell(name)),\(tabs)\r\n"
            }
        }
        return Array(text.utf8)
    }

    private static func cell(_ name: String) -> String {
        let isFormula = name.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        let safe = isFormula ? "'" + name : name
        guard safe.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return safe }
        return "\"" + safe.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }
}
