package import Presence

/// The answer of `GET /admin/rollout`: where a rollout stands.
package struct RolloutReport: Sendable {
    /// When the last old tab will be gone, in milliseconds since 1970: a guess by the pace of now, with the range that it may lie in.
    package struct LastOld: Sendable, Equatable {
        package var estimate: Int64
        package var low: Int64
        package var high: Int64

        package init(estimate: Int64, low: Int64, high: Int64) { (self.estimate, self.low, self.high) = (estimate, low, high) }
    }

    package var view: RolloutView
    /// When the release was announced; nil where nobody knows.
    package var announcedAt: Int64?
    package var records: VersionRecords
    /// Open tabs by route for each version; nil where they are not shown.
    package var routes: [String: [String: Int]]?
    /// Open tabs by tag for each old version; nil where they are not shown.
    package var tags: [String: [String: Int]]?
    package var lastOld: LastOld?
    /// One word for where it stands.
    package var state: RolloutState?
    /// The nodes behind the numbers; nil where there is one.
    package var cluster: ClusterReport?
    /// Milliseconds since 1970.
    package var timestamp: Int64
    /// Whether what somebody waited for has come; nil where nobody waited.
    package var reached: Bool?

    package init(view: RolloutView, records: VersionRecords = VersionRecords(), timestamp: Int64) {
        (self.view, self.records, self.timestamp) = (view, records, timestamp)
    }

    /// Distinct routes or tags of one version that are told by name.
    package static let partLimit = 50

    /// As JSON.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        appendRelease(to: &bytes)
        bytes.append(#","total":"#)
        bytes.append(decimal: view.total)
        append(view.current, under: "current", to: &bytes)
        append(view.old, under: "old", to: &bytes)
        if view.preview > 0 { append(view.preview, under: "preview", to: &bytes) }
        bytes.append(#","percent":"#)
        if let percent { bytes.append(contentsOf: "\(percent)".utf8) } else { bytes.append("null") }
        appendVersions(to: &bytes)
        bytes.append(#","lastOld":"#)
        if let lastOld {
            bytes.append(#"{"estimate":"#)
            bytes.append(decimal: Int(lastOld.estimate))
            bytes.append(#","low":"#)
            bytes.append(decimal: Int(lastOld.low))
            bytes.append(#","high":"#)
            bytes.append(decimal: Int(lastOld.high))
            bytes.append(UInt8(ascii: "}"))
        } else {
            bytes.append("null")
        }
        appendDoubts(to: &bytes)
        bytes.append(#","timestamp":"#)
        bytes.append(decimal: Int(timestamp))
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Of all open tabs but previews, with one digit behind the point. Less than all is never told as 100.
    private var percent: Double? {
        guard let current = view.current, view.judged > 0 else { return nil }
        let tenths = (current * 1000 + view.judged / 2) / view.judged
        return Double(current < view.judged ? min(tenths, 999) : tenths) / 10
    }

    private func appendRelease(to bytes: inout [UInt8]) {
        bytes.append(#"{"release":"#)
        guard let release = view.release else { return bytes.append("null") }
        bytes.append(#"{"version":"#)
        bytes.append(jsonString: release)
        append(announcedAt.map { Int($0) }, under: "announcedAt", to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// The release first, then those with the most tabs, then those that were seen last.
    private func appendVersions(to bytes: inout [UInt8]) {
        let names = Set(view.versions.keys).union(records.records.keys).union([view.release].compactMap(\.self))
        let rows = names.map { (name: $0, tabs: view.versions[$0] ?? 0, record: records.records[$0]) }.sorted { left, right in
            if (left.name == view.release) != (right.name == view.release) { return left.name == view.release }
            if left.tabs != right.tabs { return left.tabs > right.tabs }
            let seen = (left.record?.lastSeen ?? 0, right.record?.lastSeen ?? 0)
            return seen.0 != seen.1 ? seen.0 > seen.1 : left.name < right.name
        }
        bytes.append(#","versions":["#)
        for (place, row) in rows.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(#"{"version":"#)
            bytes.append(jsonString: row.name)
            bytes.append(#","tabs":"#)
            bytes.append(decimal: row.tabs)
            append(row.record.map { Int($0.firstSeen) }, under: "firstSeen", to: &bytes)
            append(row.record.map { Int($0.lastSeen) }, under: "lastSeen", to: &bytes)
            append(max(row.tabs, row.record?.peak ?? 0), under: "peak", to: &bytes)
            append(routes?[row.name], under: "routes", to: &bytes)
            append(tags?[row.name], under: "tags", to: &bytes)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private func append(_ parts: [String: Int]?, under key: StaticString, to bytes: inout [UInt8]) {
        guard let parts, !parts.isEmpty else { return }
        bytes.append(#",""#)
        bytes.append(key)
        bytes.append(#"":"#)
        bytes.append(counts: Self.largest(parts))
    }

    /// The largest parts by name, equals in the order of their names, and the rest as other.
    package static func largest(_ parts: [String: Int]) -> [String: Int] {
        let named = parts.filter { $0.key != Statistics.otherName }
        let kept = named.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(partLimit)
        var counts = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
        let rest = parts.values.reduce(0, +) - counts.values.reduce(0, +)
        if rest > 0 { counts[Statistics.otherName] = rest }
        return counts
    }

    private func appendDoubts(to bytes: inout [UInt8]) {
        if let state {
            bytes.append(#","state":"#)
            bytes.append(jsonString: state.rawValue)
        }
        if view.release == nil { bytes.append(#","reason":"no release is known: announce one, or start the server with --release""#) }
        if let cluster { bytes.append(cluster) }
        if let reached { bytes.append(contentsOf: #","reached":\#(reached)"#.utf8) }
    }

    private func append(_ number: Int?, under key: StaticString, to bytes: inout [UInt8]) {
        bytes.append(#",""#)
        bytes.append(key)
        bytes.append(#"":"#)
        if let number { bytes.append(decimal: number) } else { bytes.append("null") }
    }
}
