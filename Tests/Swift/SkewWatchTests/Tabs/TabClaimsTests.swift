import SkewCluster
import TestRandom
import Testing
import WebSocketLoop

@testable import SkewWatch

struct TabClaimsTests {
    private func owner(_ index: Int, _ tracker: UInt8 = 0) -> TabClaims.Owner { .init(socket: .of(index, 1), tracker: tracker) }
    private func key(_ number: UInt64) -> TabKey { TabKey(high: number, low: number &* 0x9E37_79B9_7F4A_7C15) }

    @Test func `a newer connection of a tab takes the older one's place, and its age`() {
        var claims = TabClaims()
        #expect(claims.claim(key(1), by: owner(1), since: 5, at: .zero) == .first(0))
        #expect(claims.claim(key(2), by: owner(2), since: 6, at: .zero) == .first(1))
        #expect(claims.claim(key(1), by: owner(3, 1), since: 9, at: .zero) == .replaces(owner(1), since: 5, 0))
        // The older one goes later, and takes nothing with it.
        claims.release(0, tracker: 0, index: 1)
        #expect(claims.count == 2)
        #expect(claims.claim(key(1), by: owner(4), since: 9, at: .zero) == .replaces(owner(3, 1), since: 5, 0))
        claims.release(0, tracker: 0, index: 4)
        #expect(claims.claim(key(1), by: owner(5), since: 9, at: .zero) == .first(0) && claims.count == 2)
    }

    @Test func `two that take each other's place without end count for themselves, until the minute is over`() {
        var claims = TabClaims()
        _ = claims.claim(key(1), by: owner(0), since: 0, at: .seconds(100))
        for number in 1...10 {
            let verdict = claims.claim(key(1), by: owner(number), since: 0, at: .seconds(100 + number))
            #expect(verdict == .replaces(owner(number - 1), since: 0, 0))
        }
        #expect(claims.claim(key(1), by: owner(11), since: 0, at: .seconds(111)) == .separate)
        #expect(claims.claim(key(1), by: owner(12), since: 0, at: .seconds(160)) == .separate)
        #expect(claims.claim(key(1), by: owner(13), since: 0, at: .seconds(161)) == .replaces(owner(10), since: 0, 0))
        // Another tab has nothing to do with it.
        #expect(claims.claim(key(2), by: owner(14), since: 0, at: .seconds(111)) == .first(1))
    }

    @Test(arguments: Seeds.some(4)) func `it says what a plain dictionary would say`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var claims = TabClaims()
        var naive: [UInt64: (owner: TabClaims.Owner, number: TabClaims.Number)] = [:]
        var held: [(owner: TabClaims.Owner, number: TabClaims.Number, key: UInt64)] = []
        for step in 0..<20_000 {
            // So slowly that nobody fights.
            let now = Duration.seconds(step * 30)
            let isGrowing = (step / 2000).isMultiple(of: 2)
            if Int.random(in: 0..<10, using: &random) < (isGrowing ? 7 : 3) || held.isEmpty {
                let name = UInt64.random(in: 0..<3000, using: &random)
                let owner = owner(step, UInt8(step % 3))
                switch claims.claim(key(name), by: owner, since: UInt32(step), at: now) {
                case .first(let number):
                    #expect(naive[name] == nil)
                    naive[name] = (owner, number)
                    held.append((owner, number, name))
                case .replaces(let former, _, let number):
                    #expect(naive[name]?.owner == former && naive[name]?.number == number)
                    naive[name] = (owner, number)
                    held.append((owner, number, name))
                case .separate: Issue.record("nobody fights")
                }
            } else {
                let gone = held.remove(at: Int.random(in: held.indices, using: &random))
                claims.release(gone.number, tracker: gone.owner.tracker, index: gone.owner.socket.index)
                if naive[gone.key]?.owner == gone.owner { naive[gone.key] = nil }
            }
            try #require(claims.count == naive.count, "step \(step)")
        }
    }

    @Test func `a name has a length and letters, and its key tells nothing of it`() throws {
        let keys = TabKeys(secret: [UInt8](repeating: 7, count: 32))
        func key(_ text: String) -> TabKey? { keys.key(of: Array(text.utf8)) }
        let name = "0123456789abcdef"
        let first = try #require(key(name))
        #expect(first == key(name) && first != key(name + "0") && first != TabKeys().key(of: Array(name.utf8)))
        #expect(key(String(repeating: "A-_z", count: 16)) != nil)
        for text in ["", "0123456789abcde", String(repeating: "a", count: 65)] { #expect(key(text) == nil, "\(text)") }
        for last in ["/", "\u{0}", "é", " ", "%"] { #expect(key("0123456789abcde" + last) == nil, "\(last)") }
    }
}
