/// The head that a door looked at last: its bytes as they lay in the kernel, and what the walk over them found. One for each door, used
/// again for every connection, so that a head is never copied.
@safe
final class SeenHead {
    /// Room for the longest head, and for a body, so that bytes behind it show.
    private static let room = RawHead.maxBytes + 8192

    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 16)
    private let lines = HeadLines()
    /// Bytes of the buffer that count.
    private var count = 0
    private(set) var head = RawHead()

    deinit {
        unsafe buffer.deallocate()
    }

    /// What lies in the buffer.
    /// - Parameter count: how much of it was filled.
    func judge(_ count: Int) -> RawHead.Decision {
        self.count = count
        let decision = unsafe RawHead.decide(on: bytes.span, noting: lines)
        if case .serve(let head) = decision { self.head = head }
        return decision
    }

    /// - Parameter count: how much of the buffer was filled.
    func look(_ count: Int) { self.count = count }

    /// What was looked at last. Valid until the next look.
    var bytes: UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: buffer.baseAddress!.assumingMemoryBound(to: UInt8.self), count: count)
    }

    // MARK: What it says

    /// The path, without authority and query.
    var path: [UInt8] { head.path.isEmpty ? [UInt8(ascii: head.target == .asterisk ? "*" : "/")] : copy(head.path) }

    /// Whether these bytes are the path, as it was sent.
    func isPath(_ path: [UInt8]) -> Bool { unsafe !head.path.isEmpty && buffer[head.path].elementsEqual(path) }

    func copy(_ range: Range<Int>) -> [UInt8] {
        unsafe Array(buffer[range])
    }

    /// The values of all lines of a header as one; nil where they are missing or empty.
    func list(of header: RequestHead.Header, separator: StaticString) -> [UInt8]? {
        guard lines.isSeveral(header) else { return lastValue(of: header) }
        var list: [UInt8]?
        lines.forEachValue(of: header) { value in
            guard list != nil else {
                list = copy(value)
                return
            }
            separator.withUTF8Buffer { unsafe list!.append(contentsOf: $0) }
            list!.append(contentsOf: copy(value))
        }
        return list
    }

    func lastValue(of header: RequestHead.Header) -> [UInt8]? { lastRange(of: header).map { copy($0) } }

    /// Where the value of the last line of a header lies.
    func lastRange(of header: RequestHead.Header) -> Range<Int>? { lines.lastValue(of: header) }

    func lastValue(named name: [UInt8]) -> [UInt8]? { unsafe lines.lastValue(named: name, in: bytes.span).map { copy($0) } }

    func count(of header: RequestHead.Header) -> Int {
        var count = 0
        lines.forEachValue(of: header) { _ in count += 1 }
        return count
    }
}
