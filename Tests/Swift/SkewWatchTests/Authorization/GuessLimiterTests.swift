import Testing

@testable import SkewWatch

struct GuessLimiterTests {
    private func hash(_ text: String) -> AddressHash? { NetworkAddress(text).map { AddressHash($0) } }

    @Test func `who guesses is slowed down, and nobody else`() {
        let limiter = GuessLimiter()
        let guesser = hash("192.0.2.1")
        for _ in 0..<GuessLimiter.burst {
            #expect(limiter.wait(for: guesser, now: .zero) == nil)
            limiter.noteFailure(guesser, now: .zero)
        }
        #expect(limiter.wait(for: guesser, now: .zero) == GuessLimiter.pause)
        #expect(limiter.wait(for: hash("192.0.2.2"), now: .zero) == nil)
        #expect(limiter.wait(for: nil, now: .zero) == nil)
        #expect(limiter.wait(for: guesser, now: GuessLimiter.pause) == nil)
    }

    @Test func `however many are wrong, an address is over the limit for so long and no longer`() {
        let limiter = GuessLimiter()
        let guesser = hash("192.0.2.1")
        for _ in 0..<100_000 { limiter.noteFailure(guesser, now: .zero) }
        #expect(limiter.wait(for: guesser, now: .zero) == GuessLimiter.longest)
        #expect(limiter.wait(for: guesser, now: GuessLimiter.longest) == nil)
    }

    @Test func `the addresses of one IPv6 customer count together`() {
        let limiter = GuessLimiter()
        for number in 1...GuessLimiter.burst { limiter.noteFailure(hash("2001:db8::\(number)"), now: .zero) }
        #expect(limiter.wait(for: hash("2001:db8::ffff"), now: .zero) != nil)
        #expect(limiter.wait(for: hash("2001:db8:0:1::1"), now: .zero) == nil)
    }

    @Test func `a flood of addresses takes bounded memory and forgets nobody who has just guessed`() {
        let limiter = GuessLimiter()
        for number in 0..<GuessLimiter.maxAddresses * 2 {
            limiter.noteFailure(hash("10.\(number >> 16).\(number >> 8 & 255).\(number & 255)"), now: .seconds(number))
        }
        for _ in 0..<GuessLimiter.burst { limiter.noteFailure(hash("192.0.2.1"), now: .seconds(100_000)) }
        #expect(limiter.wait(for: hash("192.0.2.1"), now: .seconds(100_000)) != nil)
    }

    @Test func `who came lately is known for a while, in bounded memory`() {
        var lately = RecentlySeen<Int>(span: .seconds(10), most: 100)
        var isNew = [100, 105, 112, 200].map { lately.insert(1, now: .seconds($0)) }
        #expect(isNew == [true, false, false, true])
        isNew = (2..<250).map { lately.insert($0, now: .seconds(201)) }
        #expect(isNew.allSatisfy { $0 })
        isNew = [249, 1].map { lately.insert($0, now: .seconds(201)) }
        #expect(isNew == [false, true])
    }
}
