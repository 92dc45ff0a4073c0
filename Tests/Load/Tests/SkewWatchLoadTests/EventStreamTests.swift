import Testing

@testable import SkewWatchLoad

@Suite struct EventStreamTests {
    private func events(_ text: String, isChunked: Bool, portion: Int) -> [String] {
        var parser = EventStreamParser(isChunked: isChunked)
        let bytes = Array(text.utf8)
        var events: [String] = []
        for start in stride(from: 0, to: bytes.count, by: min(portion, bytes.count)) {
            var position = 0
            let part = Array(bytes[start..<min(bytes.count, start + min(portion, bytes.count))])
            while let data = parser.next(part.span, &position) { events.append(String(decoding: data, as: UTF8.self)) }
        }
        return events
    }

    @Test(arguments: [1, 3, Int.max]) func `events come whole, comments and other fields do not count`(portion: Int) {
        let text = "retry: 100\n\n: hello\ndata: {\"a\":1}\n\ndata:x\ndata: y\n\nevent: z\n\n"
        #expect(events(text, isChunked: false, portion: portion) == ["{\"a\":1}", "x\ny"])
    }

    @Test(arguments: [1, 3, Int.max]) func `chunks may cut an event anywhere`(portion: Int) {
        let text = "4\r\ndata\r\nA;ext=1\r\n: {\"a\":1}\n\r\n1\r\n\n\r\n"
        #expect(events(text, isChunked: true, portion: portion) == ["{\"a\":1}"])
    }
}
