import Testing

@testable import WebSocketLoop

@Suite struct TokenBucketTests {
    private static let limit = TokenBucket.Limit(rate: 20, burst: 40)

    private func taken(_ bucket: inout TokenBucket, at tick: UInt32, asking count: Int) -> Int {
        (0..<count).count { _ in bucket.take(at: tick, ticksPerSecond: 10, limit: Self.limit) }
    }

    @Test func `a fresh socket may send a burst and not one more`() {
        var bucket = TokenBucket()
        #expect(taken(&bucket, at: 1, asking: 100) == 40)
    }

    @Test func `an empty bucket refills at its rate, however often it is asked`() {
        var bucket = TokenBucket()
        _ = taken(&bucket, at: 1, asking: 100)
        #expect((2...101).reduce(0) { sum, tick in sum + taken(&bucket, at: tick, asking: 7) } == 200, "ten seconds at 20 per second")
    }

    @Test func `idling saves up no more than a burst`() {
        var bucket = TokenBucket()
        _ = taken(&bucket, at: 1, asking: 100)
        #expect(taken(&bucket, at: 1_000_000, asking: 100) == 40)
    }
}
