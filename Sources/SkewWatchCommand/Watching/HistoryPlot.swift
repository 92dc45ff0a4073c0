internal import SkewProtocol

/// The history as lines of a terminal: one for each version, and the releases below.
struct HistoryPlot {
    /// Versions that have a line of their own.
    private static let mostVersions = 12

    private let from: Int64
    private let to: Int64
    private let versions: [(name: String, counts: [Int?])]
    /// Releases and what else was done, in the order of their times.
    private let events: [(at: Int64, text: String)]

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
        guard case .array(let releases)? = history["releases"] else { return nil }
        // A server of before has none.
        let acts = if case .array(let acts)? = history["acts"] { acts } else { [JSONValue]() }
        let events = releases.compactMap { Self.event($0, Self.release) } + acts.compactMap { Self.event($0, Self.act) }
        self.events = events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    private static func event(_ entry: JSONValue, _ sentence: (JSONValue) -> String?) -> (at: Int64, text: String)? {
        guard case .number(let at)? = entry["at"], let text = sentence(entry) else { return nil }
        return (Int64(at), text)
    }

    private static func release(_ entry: JSONValue) -> String? {
        name(entry["version"]).map { "release \($0)\(target(entry))\(by(entry))" }
    }

    private static func act(_ entry: JSONValue) -> String? {
        guard let version = name(entry["version"]) else { return nil }
        let told = count(entry["told"])
        return switch entry["kind"]?.text {
        case "announced": "announced \(version)\(target(entry))\(by(entry)), release kept\(told.map { ", \($0) told" } ?? "")"
        case "paced":
            count(entry["rate"]).map {
                "\(version) set to \($0 == "0" ? "full speed" : "\($0) a second")\(by(entry))\(told.map { ", \($0) told" } ?? "")"
            }
        case "stopped": "stopped \(version)\(by(entry)), \(told ?? "?") of \(count(entry["matching"]) ?? "?") told"
        // Of a later version.
        default: nil
        }
    }

    private static func by(_ entry: JSONValue) -> String { name(entry["by"]).map { " by \($0)" } ?? "" }

    private static func target(_ entry: JSONValue) -> String { name(entry["target"], upTo: 256).map { " to \($0)" } ?? "" }

    private static func name(_ value: JSONValue?, upTo limit: Int = CleanText.versionLimit) -> String? {
        value?.text.map { TerminalText($0, limit: limit).text }
    }

    private static func count(_ value: JSONValue?) -> String? {
        if case .number(let number)? = value, let whole = Int(exactly: number) { ShownNumber.grouped(whole) } else { nil }
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
        for event in events { lines.append("\(WireTime.text(event.at)) \(event.text)") }
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
