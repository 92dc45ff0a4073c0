import Logging
import Synchronization
import TestServer
import Testing

@testable import SkewWatch

struct KeySourceTests {
    private final class Place: Sendable {
        let time = Mutex(Duration.seconds(1000))
        let bytes = Mutex<[UInt8]?>(nil)
        let readings = Atomic<Int>(0)
        let lines = LogLines()

        init(_ set: String?) { bytes.withLock { $0 = set.map { Array($0.utf8) } } }

        var source: KeySource {
            let clock = { @Sendable in self.time.withLock { $0 } }
            return KeySource(place: "keys.json", audit: AuditLog(logger: lines.logger), clock: clock) {
                self.readings.add(1, ordering: .relaxed)
                await Task.yield()
                return self.bytes.withLock { $0 }.map { .success($0) } ?? .failure(.init(reason: "it is gone"))
            }
        }

        func pass(_ duration: Duration) { time.withLock { $0 += duration } }
        var count: Int { readings.load(ordering: .relaxed) }
    }

    private let known = try! WebToken(SampleTokens.rs256)
    private let unknown = try! WebToken(SampleTokens.unknownKeyID)

    @Test func `keys are read once, however many ask`() async {
        let place = Place(SampleTokens.keySet)
        let source = place.source
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { await source.keys(for: self.known) != nil } }
            for await isThere in group { #expect(isThere) }
        }
        #expect(place.count == 1)
    }

    @Test func `an unknown key makes them read again, but not for every token that comes`() async {
        let place = Place(SampleTokens.keySet)
        let source = place.source
        _ = await source.keys(for: known)
        for _ in 0..<50 { _ = await source.keys(for: unknown) }
        #expect(place.count == 1)
        place.pass(KeySource.shortestPause)
        for _ in 0..<50 { _ = await source.keys(for: unknown) }
        #expect(place.count == 2)
    }

    @Test func `a new key is found, and one that was taken out is not trusted for long`() async {
        let place = Place(SampleTokens.keySet.replacing(#""kid":"r""#, with: #""kid":"old""#))
        let source = place.source
        #expect(throws: TokenFault.unknownKey) { try TokenKeys(keySet: place.bytes.withLock { $0! })!.check(self.known) }
        _ = await source.keys(for: known)
        place.bytes.withLock { $0 = Array(SampleTokens.keySet.utf8) }
        place.pass(KeySource.shortestPause)
        let keys = await source.keys(for: known)
        #expect(throws: Never.self) { try keys?.check(self.known) }
        place.bytes.withLock { $0 = Array(SampleTokens.keySet.replacing(#""kid":"r""#, with: #""kid":"new""#).utf8) }
        place.pass(KeySource.longestUse)
        let later = await source.keys(for: known)
        #expect(throws: TokenFault.unknownKey) { try later?.check(self.known) }
    }

    @Test func `while they cannot be read the old ones hold for an hour, and the operator is told`() async {
        let place = Place(SampleTokens.keySet)
        let source = place.source
        _ = await source.keys(for: known)
        place.bytes.withLock { $0 = nil }
        place.pass(.seconds(1800))
        #expect(await source.keys(for: known) != nil)
        place.pass(.seconds(1800))
        #expect(await source.keys(for: known) == nil)
        #expect(place.lines.all.allSatisfy { $0.contains("keys.json") && $0.contains("it is gone") })
        #expect(place.lines.all.count == 2)
    }
}
