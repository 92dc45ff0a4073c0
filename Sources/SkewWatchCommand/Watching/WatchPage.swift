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
    let release: String?
    let history: TotalHistory
    /// The time of day, as text.
    let clock: String

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
        lines += [totalLine(statistics, on: canvas)]
        guard statistics.total > 0 else { return Array(lines.prefix(canvas.rows ?? .max)) }
        if let release { lines.append(rolloutLine(statistics, release, on: canvas)) }
        let versions = Self.ranked(statistics.versions)
        let below = canvas.rows.map { max(0, $0 - lines.count - 2) } ?? .max
        let routes = below < Self.leastForRoutes ? [] : Self.ranked(statistics.routes)
        let room = below - (routes.isEmpty ? 0 : 2)
        let roomForRoutes = min(min(routes.count, Self.mostRoutes + 1), max(room / 2, room - min(room, versions.count)))
        lines += ["", heading("VERSION", statistics, versions, on: canvas)]
        lines += table(versions, of: statistics.total, limit: room - roomForRoutes, on: canvas) { $0 == release }
        if roomForRoutes > 0 {
            lines += ["", heading("ROUTE", statistics, routes, on: canvas)]
            lines += table(routes, of: statistics.total, limit: roomForRoutes, on: canvas) { _ in false }
        }
        return Array(lines.prefix(canvas.rows ?? .max))
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

    private func totalLine(_ statistics: LiveStatistics, on canvas: Canvas) -> String {
        let total = "\(ShownNumber.grouped(statistics.total)) \(statistics.total == 1 ? "tab" : "tabs")"
        let room = min(60, canvas.columns - total.count - 3)
        guard room >= 10, let range = history.range(columns: room) else {
            return canvas.style.bold(TerminalText(total, limit: canvas.columns).text)
        }
        let spark = history.line(columns: room, steps: canvas.glyphs.spark)
        let legend = "  \(ShownNumber.grouped(range.lowerBound)) to \(ShownNumber.grouped(range.upperBound)) in \(spark.count) s"
        let fits = total.count + 3 + spark.count + legend.count <= canvas.columns
        return canvas.style.bold(total) + "   " + canvas.style.bar(spark) + (fits ? canvas.style.dim(legend) : "")
    }

    private func rolloutLine(_ statistics: LiveStatistics, _ release: String, on canvas: Canvas) -> String {
        let there = statistics.versions[release] ?? 0
        let text =
            "\(ShownNumber.grouped(there)) of \(ShownNumber.grouped(statistics.total)) on the current release \(release)"
            + " (\(ShownNumber.share(there, of: statistics.total)))" + unknown(statistics)
        return TerminalText(text, limit: canvas.columns, ellipsis: canvas.glyphs.ellipsis).text
    }

    /// The release always has its name, so what is under no name is not on it. On which build it is, nobody can say.
    private func unknown(_ statistics: LiveStatistics) -> String {
        guard let count = statistics.versions[LiveStatistics.otherName], count > 0 else { return "" }
        return "; the build of \(ShownNumber.grouped(count)) is unknown"
    }

    // MARK: The tables

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
            let longest = counts.prefix(canvas.rows ?? .max).reduce(7) { max($0, TerminalText($1.name, limit: 256).columns) }
            name = max(4, min(longest + 1, canvas.columns / 2, canvas.columns - count - Self.share))
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
        _ counts: [Count], of total: Int, limit: Int, on canvas: Canvas, isCurrent: (String) -> Bool
    ) -> [String] {
        guard limit > 0 else { return [] }
        let columns = Columns(counts, of: total, canvas: canvas)
        let shown = counts.count <= limit ? counts[...] : counts.prefix(limit - 1)
        var lines = shown.map { entry in
            let name = TerminalText(entry.name, limit: columns.name - 1, ellipsis: canvas.glyphs.ellipsis).padded(to: columns.name)
            let numbers =
                ShownNumber.right(ShownNumber.grouped(entry.count), columns.count)
                + ShownNumber.right(ShownNumber.share(entry.count, of: total), Columns.share)
            let share = total > 0 ? Double(entry.count) / Double(total) : 0
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
