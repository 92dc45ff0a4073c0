/// What bars and lines are drawn with.
struct Glyphs {
    /// From one eighth of a column to a full one.
    let bar: [Character]
    /// From nothing to full height.
    let spark: [Character]
    let ellipsis: Character
    let dot: String
    /// Whether marks of a state can be shown.
    let isUnicode: Bool

    static let unicode = Glyphs(
        bar: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"], spark: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"], ellipsis: "…", dot: "●",
        isUnicode: true)
    /// For locales that are not UTF-8.
    static let plain = Glyphs(bar: ["#"], spark: ["_", ".", "-", "=", "#"], ellipsis: "~", dot: "*", isUnicode: false)

    /// A bar for a share of that many columns. What is not nothing is seen.
    func bar(share: Double, columns: Int) -> String {
        guard columns > 0, share > 0 else { return "" }
        let parts = max(1, Int((min(share, 1) * Double(columns * bar.count)).rounded()))
        let rest = parts % bar.count
        return String(repeating: bar[bar.count - 1], count: parts / bar.count) + (rest > 0 ? String(bar[rest - 1]) : "")
    }
}
