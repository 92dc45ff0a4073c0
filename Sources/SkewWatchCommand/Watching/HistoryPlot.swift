internal import SkewProtocol

/// The history as lines of a terminal: one for each version, and the releases below.
struct HistoryPlot {
    /// Versions that have a line of their own.
    private static let mostVersions = 12

    private let from: Int64
    private let to: Int64
    private let versions: [(name: String, counts: [Int?])]
    private let releases: [(at: Int64, version: String)]

    /// Reads an answer of `GET /admin/history`; nil where it is none.
    init?(_ history: JSONValue) {
        guard case .number(let from)? = history["from"], case .number(let to)? = history["to"],
            case .object(let members)? = history["versions"]
        else { return nil }
        (self.from, self.to) = (Int64(from), Int64(to))
        versions = members.compactMap { name, value in
            guard case .array(let elements) = value else { return nil }
            return (name, elements.map { if case .number(let number) = $0 { Int(number) } else { nil } })
        }.sorted { left, right in
            let peaks = (Self.peak(left.1), Self.peak(right.1))
            return peaks.0 != peaks.1 ? peaks.0 > peaks.1 : left.0 < right.0
        }
        guard case .array(let entries)? = history["releases"] else { return nil }
        releases = entries.compactMap { entry in
            guard case .number(let at)? = entry["at"], let version = entry["version"]?.text else { return nil }
            return (Int64(at), version)
        }
    }

    private static func peak(_ counts: [Int?]) -> Int { counts.compactMap(\.self).max() ?? 0 }

    /// The lines. A blank in a line is a time of which nothing is known.
    func text(columns: Int, glyphs: Glyphs) -> String {
        guard !versions.isEmpty else { return "Nobody was seen from \(WireTime.text(from)) to \(WireTime.text(to)).\n" }
        let shown = versions.prefix(Self.mostVersions)
        let names = shown.map { TerminalText($0.name, limit: 24).text }
        let nameWidth = names.map(\.count).max() ?? 0
        let width = max(10, columns - nameWidth - 20)
        let top = max(1, Self.peak(shown.first?.counts ?? []))
        var lines = ["\(WireTime.text(from)) to \(WireTime.text(to))"]
        for (name, version) in zip(names, shown) {
            let line = Self.line(version.counts, width: width, top: top, steps: glyphs.spark)
            let last = version.counts.last { $0 != nil } ?? nil
            let padding = String(repeating: " ", count: nameWidth - name.count)
            lines.append(
                "\(name)\(padding) \(line) \(ShownNumber.grouped(last ?? 0)) now, \(ShownNumber.grouped(Self.peak(version.counts))) most")
        }
        if versions.count > shown.count { lines.append("and \(versions.count - shown.count) versions more") }
        for release in releases {
            lines.append("\(WireTime.text(release.at)) release \(TerminalText(release.version, limit: CleanText.versionLimit).text)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The most of each part of the time, as high as its share of `top`.
    private static func line(_ counts: [Int?], width: Int, top: Int, steps: [Character]) -> String {
        String(
            (0..<width).map { column in
                let part = counts[(column * counts.count / width)..<max(column * counts.count / width, (column + 1) * counts.count / width)]
                let seen = part.isEmpty ? [counts[min(counts.count - 1, column * counts.count / width)]] : Array(part)
                guard let most = seen.compactMap(\.self).max() else { return " " }
                return steps[min(steps.count - 1, most * steps.count / (top + 1))]
            })
    }
}
