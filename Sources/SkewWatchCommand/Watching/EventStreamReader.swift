/// Takes a stream of events (SSE) apart as it comes, and gives the data of each event.
struct EventStreamReader {
    /// The longest event that is taken. A `stats` with 100,000 rows and long names stays under it.
    static let maxEventBytes = 64 << 20

    private let limit: Int
    private var line: [UInt8] = []
    private var data: [UInt8]?

    init(limit: Int = Self.maxEventBytes) { self.limit = limit }

    /// The data of the events that these bytes complete; nil when an event is too long, and then the stream is of no use.
    mutating func take(_ bytes: [UInt8]) -> [[UInt8]]? {
        var events: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            line += rest[..<end]
            rest = rest[(end + 1)...]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if let event = endLine() { events.append(event) }
            line.removeAll(keepingCapacity: true)
        }
        line += rest
        return line.count + (data?.count ?? 0) > limit ? nil : events
    }

    /// An event ends at an empty line. Fields besides `data` do not matter here, nor do comments.
    private mutating func endLine() -> [UInt8]? {
        if line.isEmpty {
            defer { data = nil }
            return data
        }
        guard line.starts(with: "data:".utf8) else { return nil }
        let value = line.dropFirst(5)
        let content = value.first == UInt8(ascii: " ") ? value.dropFirst() : value
        data = data.map { $0 + [UInt8(ascii: "\n")] + content } ?? Array(content)
        return nil
    }
}
