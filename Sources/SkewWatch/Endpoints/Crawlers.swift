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
    private static let phoneBytes = Array(phones.utf8)

    /// Whether a `User-Agent` is a crawler's. None at all is not: command line tools and servers are welcome.
    static func includes(_ userAgent: [UInt8]?) -> Bool {
        guard let userAgent else { return false }
        let name = userAgent.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        guard name.firstRange(of: phoneBytes) == nil else { return false }
        return markBytes.contains { name.firstRange(of: $0) != nil }
    }
}
