import Presence
import TestRandom
import Testing

struct ConnectionIDTests {
    @Test(arguments: [
        (UInt64.min, UInt64.min, "00000000-0000-4000-8000-000000000000"),
        (UInt64.max, UInt64.max, "ffffffff-ffff-4fff-bfff-ffffffffffff"),
        (0x0123_4567_89ab_cdef, 0x0123_4567_89ab_cdef, "01234567-89ab-4def-8123-456789abcdef"),
    ])
    func `random bits become a UUID of version 4`(high: UInt64, low: UInt64, text: String) {
        #expect(ConnectionID(randomHigh: high, randomLow: low).description == text)
    }

    @Test func `the text form reads back as the same id, in either case`() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<1000 {
            let id = ConnectionID(randomHigh: random.next(), randomLow: random.next())
            #expect(ConnectionID(id.description) == id)
            #expect(ConnectionID(id.description.uppercased()) == id)
            #expect(ConnectionID("{\(id)}".dropFirst().dropLast()) == id)
        }
    }

    @Test func `a read id keeps all its bits`() throws {
        let id = try #require(ConnectionID("01234567-89AB-cdef-fedc-ba9876543210"))
        #expect(id.high == 0x0123_4567_89ab_cdef)
        #expect(id.low == 0xfedc_ba98_7654_3210)
        #expect(id.description == "01234567-89ab-cdef-fedc-ba9876543210")
    }

    @Test(arguments: [
        "", "-", "00000000-0000-4000-8000-00000000000", "00000000-0000-4000-8000-0000000000000",
        "00000000-0000-4000-8000-00000000000g", "00000000-0000-4000-8000-00000000000é", "000000000000040008000000000000000000",
        "0000000--0000-4000-8000-000000000000", "{0000000-0000-4000-8000-00000000000}", "00000000-0000-4000-8000_000000000000",
        "00000000-0000-4000-8000-0000000\u{0}0000", " 0000000-0000-4000-8000-000000000000", "+0000000-0000-4000-8000-000000000000",
    ])
    func `what is no UUID is no id`(text: String) {
        #expect(ConnectionID(text) == nil)
    }

    @Test func `the bytes are appended to what is there`() {
        var bytes = Array("\"id\":\"".utf8)
        ConnectionID(randomHigh: 0, randomLow: 0).append(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "\"id\":\"00000000-0000-4000-8000-000000000000")
    }
}
