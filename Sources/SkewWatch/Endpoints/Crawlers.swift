/// Tells crawlers by what they call themselves. They are served, but they are no tab that anybody has open. A browser that a test
/// drives is one.
enum Crawlers {
    /// Parts of a `User-Agent`, in lower case. Kept short: names that many crawlers share, and the big ones that use none of those.
    /// The same list as in client.js, by a test.
    static let marks = [
        "bot", "crawl", "spider", "slurp", "externalhit", "lighthouse", "pingdom", "mediapartners", "google-inspectiontool",
    ]

    /// Phones that people hold, whose maker's name ends like a crawler's.
    static let phones = "cubot"

    private static let markBytes = marks.map { Array($0.utf8) }
    private static let phoneBytes = [Array(phones.utf8)]

    /// Whether a `User-Agent` is a crawler's. None at all is not: command line tools and servers are welcome.
    static func includes(_ userAgent: [UInt8]?) -> Bool {
        guard let userAgent else { return false }
        return holds(userAgent, oneOf: markBytes) && !holds(userAgent, oneOf: phoneBytes)
    }

    /// Whether one of these lies somewhere in `text`, whatever its case. Every browser's handshake comes by here, and the library's search
    /// for one collection in another takes 20 µs for each of them.
    private static func holds(_ text: [UInt8], oneOf marks: [[UInt8]]) -> Bool {
        // The letters that a mark begins with, as a set of bits.
        let beginnings = marks.reduce(UInt32(0)) { $0 | 1 << UInt32($1[0] & 0x1F) }
        for start in text.indices where beginnings >> UInt32(text[start] & 0x1F) & 1 == 1 {
            for mark in marks where mark.count <= text.count - start && isThere(mark, in: text, at: start) { return true }
        }
        return false
    }

    private static func isThere(_ mark: [UInt8], in text: [UInt8], at start: Int) -> Bool {
        for index in mark.indices {
            let byte = text[start + index]
            guard (0x41...0x5A ~= byte ? byte | 0x20 : byte) == mark[index] else { return false }
        }
        return true
    }
}
