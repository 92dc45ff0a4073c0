import Testing

@testable import SkewWatchLoad

@Suite struct RuleTests {
    @Test func `percentiles are those of the durations`() throws {
        var latencies = Latencies()
        #expect(latencies.figures == nil)
        for millisecond in 1...1000 { latencies.record(Int64(millisecond) * 1_000_000) }
        let figures = try #require(latencies.figures)
        #expect(figures.count == 1000)
        #expect(abs(figures.p50 - 500) < 1)
        #expect(abs(figures.p99 - 990) < 1.5)
        #expect(abs(figures.p999 - 999) < 1.5)
        #expect(abs(figures.max - 1000) < 1)
    }

    @Test func `a duration beyond the range counts as the longest, a negative one as none`() throws {
        var latencies = Latencies()
        latencies.record(.max)
        latencies.record(-5)
        let figures = try #require(latencies.figures)
        #expect(figures.count == 2)
        #expect(abs(figures.max - 600_000) < 600)
        #expect(figures.p50 < 0.01)
    }

    @Test func `a pace gives what is due and catches up within the limit`() {
        var pace = Pace(rate: 100, start: 0)
        #expect(pace.take(at: 0, limit: 10) == 0)
        #expect(pace.take(at: 10_000_000, limit: 10) == 1)
        #expect(pace.take(at: 10_000_000, limit: 10) == 0)
        #expect(pace.take(at: 1_000_000_000, limit: 50) == 50)
        #expect(pace.take(at: 1_000_000_000, limit: 50) == 49)
        var free = Pace(rate: nil, start: 0)
        #expect(free.take(at: 0, limit: 7) == 7)
    }

    @Test func `a distribution is even, or weighted, or refused`() throws {
        let even = try #require(Distribution("4", prefix: "v"))
        #expect([0, 0.24, 0.25, 0.5, 0.99, 1].map(even.name(at:)) == ["v1", "v1", "v2", "v3", "v4", "v4"])
        let weighted = try #require(Distribution("a=70,b=20,c=10", prefix: "v"))
        #expect([0, 0.69, 0.71, 0.89, 0.91].map(weighted.name(at:)) == ["a", "a", "b", "b", "c"])
        for text in ["", "0", "-1", "a", "a=", "a=0", "a=x", "a=1,b", #"a"=1"#, "a=nan", "a=inf", "1000000"] {
            #expect(Distribution(text, prefix: "v") == nil, "\(text)")
        }
    }

    @Test func `the same seed gives the same numbers, another one others`() {
        var (first, second, other) = (SeededRandom(seed: 1), SeededRandom(seed: 1), SeededRandom(seed: 2))
        let numbers = (0..<4).map { _ in first.next() }
        #expect(numbers == (0..<4).map { _ in second.next() })
        #expect(numbers != (0..<4).map { _ in other.next() })
        #expect(Set(numbers).count == 4)
    }

    @Test func `a mark is seen once by each and the next waits for all`() {
        var board = MarkBoard(interval: 100, patience: 1000)
        #expect(board.isDue(at: 0))
        board.begin(at: 0, subscribers: [0, 1])
        #expect(board.needle == Array("mark-1\"".utf8))
        #expect(!board.isDue(at: 200))
        #expect(board.seen(by: 0, at: 30) == 30)
        #expect(board.seen(by: 0, at: 40) == nil)
        #expect(!board.awaits(0))
        #expect(board.awaits(1))
        #expect(board.seen(by: 1, at: 50) == 50)
        #expect(!board.isDue(at: 99))
        #expect(board.isDue(at: 100))
        #expect(board.missed == 0)
    }

    @Test func `a mark that somebody does not see is missed, one that somebody leaves is not`() {
        var board = MarkBoard(interval: 100, patience: 1000)
        board.begin(at: 0, subscribers: [0, 1, 2])
        board.forget(0)
        #expect(board.seen(by: 1, at: 10) == 10)
        #expect(board.outstanding == 1)
        board.giveUp(at: 1000)
        #expect(!board.isDue(at: 1000))
        board.giveUp(at: 1001)
        #expect(board.isDue(at: 1001))
        #expect(board.missed == 1)
        #expect(board.seen(by: 2, at: 1002) == nil)
    }

    @Test func `due connections come in their order and not before their time`() {
        var queue = DueQueue()
        let ids = (0..<3).map { ConnectionID(slot: $0, use: 1) }
        for (place, id) in ids.enumerated() { queue.add(id, due: Int64(place) * 10) }
        #expect(queue.take(at: 0) == ids[0])
        #expect(queue.take(at: 9) == nil)
        #expect(queue.take(at: 100) == ids[1])
        #expect(queue.take(at: 100) == ids[2])
        #expect(queue.take(at: 100) == nil)
    }

    @Test func `a connection's id survives the way through epoll`() {
        let id = ConnectionID(slot: 19_999, use: .max)
        #expect(ConnectionID(token: id.token) == id)
    }

    @Test func `bytes are found where they are and nowhere else`() {
        let hay = Array("mmark-1 mark-17\"".utf8)
        #expect(ByteSearch.contains(Array("mark-17\"".utf8), in: hay))
        #expect(!ByteSearch.contains(Array("mark-1\"".utf8), in: hay))
        #expect(!ByteSearch.contains(Array("mark-17\"x".utf8), in: hay))
        #expect(!ByteSearch.contains(Array("m".utf8), in: []))
        #expect(ByteSearch.contains(Array("m".utf8), in: Array("xm".utf8)))
    }

    @Test func `a message's type is read without reading the message`() {
        #expect(ServerMessage.typeOf(Array(#"{"type":"connected","x":1}"#.utf8)) == "connected")
        #expect(ServerMessage.typeOf(Array(#"{"x":1}"#.utf8)) == nil)
    }
}
