internal import SkewProtocol

/// Text from outside, made fit for a terminal: no character steers it, and how wide it is, is known.
struct TerminalText: Equatable {
    let text: String
    /// The columns it takes.
    let columns: Int

    /// Cleaned, and cut to that many columns, with `ellipsis` (one column) where something is missing.
    init(_ raw: String, limit: Int, ellipsis: Character = "…") {
        let clean = CleanText.clean(raw.utf8.span, limit: CleanText.routeLimit) ?? ""
        let widths = clean.map { (character: $0, columns: Self.columns(of: $0)) }
        if widths.reduce(0, { $0 + $1.columns }) <= limit {
            (text, columns) = (clean, widths.reduce(0) { $0 + $1.columns })
            return
        }
        var kept = ""
        var used = 0
        for (character, columns) in widths {
            guard used + columns < limit else { break }
            kept.append(character)
            used += columns
        }
        (text, columns) = limit > 0 ? (kept + [ellipsis], used + 1) : ("", 0)
    }

    /// Filled with spaces on the right.
    func padded(to width: Int) -> String { text + String(repeating: " ", count: max(0, width - columns)) }

    /// The columns that a terminal gives to a character. Terminals differ over the newest emoji; too wide a guess leaves a gap at worst.
    static func columns(of character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: return isWide(first) ? 2 : 1
        }
    }

    /// East Asian wide and fullwidth characters (UAX #11, by block), and emoji that are shown in colour.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x1100: false
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x17000...0x18DFF,
            0x1B000...0x1B2FF, 0x20000...0x3FFFD:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }
}
