import Cryptography
import Testing

@testable import SkewWatch

@Suite(.timeLimit(.minutes(1))) struct VerdictCacheTests {
    private let key = SHA256Digest(of: Array("a cookie".utf8))

    private func verdict(
        _ cache: VerdictCache, at now: Duration = .zero, until end: Duration = .seconds(10), asking ask: @escaping () async -> String
    ) async -> Decision {
        await cache.verdict(for: key, clock: { now }, ask: { .init(verdict: .denied(await ask()), until: end) })
    }

    @Test func `a verdict is asked for once while it holds, and again when it does not`() async {
        let cache = VerdictCache()
        #expect(await verdict(cache) { "one" } == .denied("one"))
        #expect(await verdict(cache, at: .seconds(9)) { "two" } == .denied("one"))
        #expect(cache.known(for: key, now: .seconds(9)) == .denied("one"))
        #expect(cache.known(for: key, now: .seconds(10)) == nil)
        #expect(await verdict(cache, at: .seconds(10), until: .seconds(20)) { "two" } == .denied("two"))
    }

    @Test func `what was being asked when all was forgotten is told to who asked for it, and to nobody who comes later`() async {
        let cache = VerdictCache()
        let (isAsked, mayAnswer) = (Latch(), Latch())
        async let first = verdict(cache) {
            isAsked.open()
            await mayAnswer.wait()
            return "before"
        }
        await isAsked.wait()
        cache.forget()
        async let later = verdict(cache) { "after" }
        mayAnswer.open()
        #expect(await first == .denied("before"))
        #expect(await later == .denied("after"))
        #expect(cache.known(for: key, now: .zero) == .denied("after"))
    }
}
