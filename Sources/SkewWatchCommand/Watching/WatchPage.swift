internal import Presence
internal import SkewProtocol

/// The page that `watch` shows, as lines for a screen of a given size. Pure: the same state is the same page.
struct WatchPage {
    /// How the link to the server is.
    enum Link: Equatable {
        case live
        case connecting
        case lost(reason: String)
    }

    let url: String
    let link: Link
    /// nil until the first came.
    let statistics: LiveStatistics?
    let facts: RolloutFacts
    let history: TotalHistory
    /// Old tabs since the announcement, oldest first.
    let oldTabs: [Int]
    let previews: [String]
    /// The time of day, as text.
    let clock: String
    /// Whether all routes are shown, not only those of old tabs.
    var showsAllRoutes = false
    var showsHelp = false

    /// More numbers than that no line shows.
    static let mostColumnsOfLine = 60

    /// What the page is drawn for.
    struct Canvas {
        var columns: Int
        /// nil: as many as there are.
        var rows: Int?
        var glyphs: Glyphs
        var style: TerminalStyle
    }

    /// More routes than that nobody reads, even where there is room.
    static let mostRoutes = 20
    /// A table does not fit into less: a name of four columns and its numbers.
    static let leastColumns = 24
    /// With fewer lines than that all are for the versions.
    static let leastForRoutes = 10

    /// The lines, none wider than the canvas, no more than it has rows.
    func lines(on canvas: Canvas) -> [String] {
        guard canvas.columns >= Self.leastColumns else { return [TerminalText("too narrow", limit: canvas.columns).text] }
        var lines = [head(on: canvas), ""]
        guard let statistics else { return Array(lines.prefix(canvas.rows ?? .max)) }
        lines += stateLines(on: canvas) + [countLine(statistics, on: canvas)] + nodesLines(statistics, on: canvas)
        if showsHelp { lines += Self.broken(WatchKey.list, by: "   ", to: canvas.columns).map(canvas.style.dim) }
        guard statistics.total > 0 else { return Array(lines.prefix(canvas.rows ?? .max)) }
        let versions = Self.ranked(statistics.versions)
        let below = canvas.rows.map { max(0, $0 - lines.count - 2) } ?? .max
        let (title, counts, whole) = routeTable(statistics)
        let routes = below < Self.leastForRoutes ? [] : Self.ranked(counts)
        let room = below - (routes.isEmpty ? 0 : 2)
        let roomForRoutes = min(min(routes.count, Self.mostRoutes + 1), max(room / 2, room - min(room, versions.count)))
        lines += ["", heading("VERSION", statistics, versions, on: canvas)]
        // A preview is no part of what a release is to replace, so it has no share of that.
        let counted = statistics.total - versions.filter { isPreview($0.name) }.reduce(0) { $0 + $1.count }
        let limit = room - roomForRoutes
        lines += table(versions, of: counted, columnsFor: statistics.total, limit: limit, on: canvas, isApart: isPreview) {
            $0 == facts.release
        }
        if roomForRoutes > 0 {
            lines += ["", heading(title, statistics, routes, on: canvas)]
            lines += table(routes, of: whole, columnsFor: statistics.total, limit: roomForRoutes, on: canvas) { _ in false }
        }
        return Array(lines.prefix(canvas.rows ?? .max))
    }

    /// Where the old tabs are, as long as there are some and the server lists connections; else where all are.
    private func routeTable(_ statistics: LiveStatistics) -> (title: String, counts: [String: Int], whole: Int) {
        let release = facts.release
        let isOld = { (version: String) in
            version != release && !RolloutCourse.matches(version, previews) && !facts.newerNames.contains(version)
        }
        guard !showsAllRoutes, release != nil, facts.old > 0, !statistics.routes.isEmpty else {
            return ("ROUTE", statistics.routes, statistics.total)
        }
        let counts = statistics.routes(where: isOld)
        return counts.isEmpty ? ("ROUTE", statistics.routes, statistics.total) : ("OLD TABS ON", counts, counts.values.reduce(0, +))
    }

    // MARK: Above the tables

    private func head(on canvas: Canvas) -> String {
        let state: TerminalText
        let paint: (String) -> String
        switch link {
        case .live: (state, paint) = (TerminalText("\(canvas.glyphs.dot) live  \(clock)", limit: canvas.columns), canvas.style.good)
        case .connecting: (state, paint) = (TerminalText("\(canvas.glyphs.dot) connecting", limit: canvas.columns), canvas.style.dim)
        case .lost(let reason):
            let text = "\(canvas.glyphs.dot) trying again: \(reason)"
            (state, paint) = (TerminalText(text, limit: canvas.columns, ellipsis: canvas.glyphs.ellipsis), canvas.style.bad)
        }
        let room = canvas.columns - state.columns - 2
        guard room > 10 else { return paint(state.text) }
        let name = TerminalText("SkewWatch  \(url)", limit: room, ellipsis: canvas.glyphs.ellipsis)
        return canvas.style.bold(name.padded(to: room)) + "  " + paint(state.text)
    }

    /// The state in a word and from which build to which, then the sentences, each broken where the screen ends.
    private func stateLines(on canvas: Canvas) -> [String] {
        let said = RolloutSentence(onTerminal: facts)
        let mark = canvas.glyphs.isUnicode ? "\(said.mark) " : ""
        var route = [facts.former, facts.release].compactMap(\.self).filter { $0 != "(other)" }.joined(separator: " -> ")
        let word = "\(mark)\(said.word)"
        let room = canvas.columns - word.count - 2
        if let announced = facts.announced {
            // As a whole or not at all: the builds are what nobody can do without.
            let whole = route + ", announced \(RolloutSentence.span(facts.now - announced)) ago"
            if TerminalText(whole, limit: 4 * canvas.columns).columns <= room { route = whole }
        }
        let shown = room > 8 ? "  " + TerminalText(route, limit: room, ellipsis: canvas.glyphs.ellipsis).text : ""
        let paint: (String) -> String =
            switch said.tone {
            case .good: canvas.style.good
            case .bad, .warn: canvas.style.bad
            case .info, .none: canvas.style.bold
            }
        let lead = Self.broken(said.lead, to: canvas.columns).map(canvas.style.bold)
        let rest = Self.broken(said.rest.joined(separator: " "), to: canvas.columns).map(canvas.style.dim)
        let isLow = canvas.rows.map { $0 < 20 } ?? false
        return [paint(cut(word, on: canvas)) + shown] + lead + (isLow ? [] : rest)
    }

    private func cut(_ text: String, on canvas: Canvas) -> String {
        TerminalText(text, limit: canvas.columns, ellipsis: canvas.glyphs.ellipsis).text
    }

    /// A text in lines no wider than that; a word that is wider is cut.
    static func broken(_ text: String, to columns: Int) -> [String] {
        broken(text.split(separator: " ").map(String.init), by: " ", to: columns)
    }

    /// Parts in lines, as many in each as there is room for; one that is wider is cut.
    static func broken(_ parts: [String], by gap: String, to columns: Int) -> [String] {
        var lines: [String] = []
        for part in parts {
            let next = TerminalText(part, limit: columns).text
            if let last = lines.last, TerminalText(last + gap + next, limit: 4 * columns).columns <= columns {
                lines[lines.count - 1] = last + gap + next
            } else {
                lines.append(next)
            }
        }
        return lines
    }

    /// How many are old or run what was not announced, of how many, and a line: of the old tabs while there are some, else of all.
    private func countLine(_ statistics: LiveStatistics, on canvas: Canvas) -> String {
        let counted = facts.total - facts.preview
        let isOld = facts.release != nil && facts.old > 0 && facts.rising == nil
        func part(_ count: Int, _ name: String) -> String {
            "\(ShownNumber.grouped(count)) \(name) of \(ShownNumber.grouped(counted)) (\(ShownNumber.share(count, of: counted)))"
        }
        let text =
            if let rising = facts.rising {
                part(facts.newer, "on \(TerminalText(rising.version, limit: canvas.columns / 3, ellipsis: canvas.glyphs.ellipsis).text)")
            } else if isOld {
                part(facts.old, "old")
            } else {
                "\(ShownNumber.grouped(statistics.total)) \(statistics.total == 1 ? "tab" : "tabs")"
            }
        let room = min(Self.mostColumnsOfLine, canvas.columns - text.count - 3)
        guard room >= 10 else { return canvas.style.bold(cut(text, on: canvas)) }
        let steps = canvas.glyphs.spark
        if isOld, let first = oldTabs.first {
            let shown = oldTabs.count <= room ? oldTabs : (0..<room).map { oldTabs[($0 + 1) * oldTabs.count / room - 1] }
            let spark = Self.line(shown, steps: steps)
            let legend = "  \(ShownNumber.grouped(first)) to \(ShownNumber.grouped(facts.old))"
            let fits = text.count + 3 + spark.count + legend.count <= canvas.columns
            return canvas.style.bold(text) + "   " + canvas.style.bar(spark) + (fits ? canvas.style.dim(legend) : "")
        }
        guard let range = history.range(columns: room) else { return canvas.style.bold(cut(text, on: canvas)) }
        let spark = history.line(columns: room, steps: steps)
        let legend = "  \(ShownNumber.grouped(range.lowerBound)) to \(ShownNumber.grouped(range.upperBound)) in \(spark.count) s"
        let fits = text.count + 3 + spark.count + legend.count <= canvas.columns
        return canvas.style.bold(text) + "   " + canvas.style.bar(spark) + (fits ? canvas.style.dim(legend) : "")
    }

    /// Which nodes the numbers are of, where there are several.
    private func nodesLines(_ statistics: LiveStatistics, on canvas: Canvas) -> [String] {
        guard let text = NodesWords.line(statistics) else { return [] }
        let lines = Self.broken(text, to: canvas.columns)
        return lines.map(statistics.partial.isEmpty ? canvas.style.dim : canvas.style.bad)
    }

    /// Counts as a line from nothing to the most.
    static func line(_ counts: [Int], steps: [Character]) -> String {
        let most = max(1, counts.max() ?? 0)
        return String(counts.map { steps[($0 * (steps.count - 1) + most / 2) / most] })
    }

    // MARK: The tables

    private func isPreview(_ version: String) -> Bool { RolloutCourse.matches(version, previews) }

    /// A name and how many tabs have it.
    typealias Count = (name: String, count: Int)

    /// Most tabs first; equal ones by name, so that they do not jump about.
    static func ranked(_ counts: [String: Int]) -> [Count] {
        counts.map { (name: $0.key, count: $0.value) }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    /// Where the columns of a table are.
    private struct Columns {
        let name: Int
        let count: Int
        let bar: Int
        static let share = 8

        init(_ counts: [Count], of total: Int, canvas: Canvas) {
            count = max(5, ShownNumber.grouped(total).count + 1)
            let longest = counts.prefix(canvas.rows ?? .max).reduce(11) { max($0, TerminalText($1.name, limit: 256).columns) }
            name = max(4, min(longest + 3, canvas.columns / 2, canvas.columns - count - Self.share))
            bar = min(40, canvas.columns - name - count - Self.share - 2)
        }
    }

    private func heading(_ title: String, _ statistics: LiveStatistics, _ counts: [Count], on canvas: Canvas) -> String {
        let columns = Columns(counts, of: statistics.total, canvas: canvas)
        let text =
            TerminalText(title, limit: columns.name).padded(to: columns.name) + ShownNumber.right("TABS", columns.count)
            + ShownNumber.right("SHARE", Columns.share)
        return canvas.style.dim(TerminalText(text, limit: canvas.columns, ellipsis: canvas.glyphs.ellipsis).text)
    }

    /// The first of the counts, and a last line about the others where not all have room.
    private func table(
        _ counts: [Count], of total: Int, columnsFor most: Int, limit: Int, on canvas: Canvas,
        isApart: (String) -> Bool = { _ in false }, isCurrent: (String) -> Bool
    ) -> [String] {
        guard limit > 0 else { return [] }
        let columns = Columns(counts, of: most, canvas: canvas)
        let shown = counts.count <= limit ? counts[...] : counts.prefix(limit - 1)
        var lines = shown.map { entry in
            // Without colours, too, one sees which version is the current one.
            let mark = isCurrent(entry.name) ? "> " : ""
            let name = TerminalText(mark + entry.name, limit: columns.name - 1, ellipsis: canvas.glyphs.ellipsis).padded(to: columns.name)
            let numbers =
                ShownNumber.right(ShownNumber.grouped(entry.count), columns.count)
                + ShownNumber.right(isApart(entry.name) ? "preview" : ShownNumber.share(entry.count, of: total), Columns.share)
            let share = total > 0 && !isApart(entry.name) ? Double(entry.count) / Double(total) : 0
            let bar = canvas.glyphs.bar(share: share, columns: columns.bar)
            let row = (isCurrent(entry.name) ? canvas.style.bold(name) : name) + numbers
            return bar.isEmpty ? row : row + "  " + canvas.style.bar(bar)
        }
        if shown.count < counts.count {
            let rest = counts.dropFirst(shown.count)
            let tabs = ShownNumber.grouped(rest.reduce(0) { $0 + $1.count })
            let text = "and \(ShownNumber.grouped(rest.count)) more with \(tabs)"
            lines.append(canvas.style.dim(TerminalText(text, limit: canvas.columns, ellipsis: canvas.glyphs.ellipsis).text))
        }
        return lines
    }
}
