import Foundation
import Presence
import SkewProtocol
import TestRandom
import Testing

/// The message as text.
func text(_ message: ServerMessage) -> String { String(decoding: message.encoded, as: UTF8.self) }

/// The bytes as a JSON object, read by somebody else's parser.
func object(_ bytes: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
}

/// A connection's id, the same for the same number.
func id(_ number: UInt64) -> ConnectionID { ConnectionID(randomHigh: number, randomLow: number) }

struct ServerMessageTests {
    private let id = ConnectionID(randomHigh: 0x0123_4567_89AB_CDEF, randomLow: 0xFEDC_BA98_7654_3210)

    @Test
    func `connected says who, on which release, and when`() {
        #expect(
            text(.connected(version: "v\"1", id: id, secret: nil, timestampMilliseconds: 1_790_000_000_123))
                == #"{"type":"connected","version":"v\"1","connectionId":"01234567-89ab-4def-bedc-ba9876543210","timestamp":1790000000123}"#
        )
    }

    @Test
    func `connected leaves an unknown release out and gives a stream its whole handle`() {
        #expect(
            text(.connected(version: nil, id: id, secret: "AbC-_9", timestampMilliseconds: 0))
                == #"{"type":"connected","connectionId":"01234567-89ab-4def-bedc-ba9876543210.AbC-_9","timestamp":0}"#)
    }

    @Test
    func `connected says how long to stay away when the link is lost`() throws {
        let message = ServerMessage.connected(
            version: nil, id: id, secret: nil, timestampMilliseconds: 7, retry: 4711, uncounted: .observer)
        #expect(text(message).hasSuffix(#","timestamp":7,"retry":4711,"counted":false,"reason":"observer"}"#))
        #expect(try object(message.encoded)["retry"] as? Int == 4711)
    }

    @Test(arguments: zip(UncountedReason.allCases, ["crawler", "observer", "tracking-off"]))
    func `connected tells a tab that is not counted why`(reason: UncountedReason, word: String) throws {
        let message = ServerMessage.connected(version: nil, id: id, secret: nil, timestampMilliseconds: 7, uncounted: reason)
        #expect(text(message).hasSuffix(#","timestamp":7,"counted":false,"reason":"\#(word)"}"#))
        #expect(try object(message.encoded)["counted"] as? Bool == false)
    }

    @Test
    func `the short messages are what the wire contract says`() {
        #expect(text(.statsUnauthorized) == #"{"type":"stats-unauthorized"}"#)
        #expect(text(.version("v2")) == #"{"type":"version","version":"v2"}"#)
        #expect(text(.keepalive(timestampMilliseconds: 1_790_000_000_123)) == #"{"type":"keepalive","timestamp":1790000000123}"#)
        #expect(text(.pong) == #"{"type":"pong"}"#)
    }

    @Test(arguments: [
        ("\"\\/", #""\"\\/""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#), ("\u{0}\u{1F}\u{7F}\u{9F}", #""\u0000\u001f\u007f\u009f""#),
        ("\u{2028}\u{2029}", #""\u2028\u2029""#), ("é€😀\u{FFFF}", "\"é€😀\u{FFFF}\""), ("", #""""#), ("</script>", #""</script>""#),
    ])
    func `a string is escaped where it must be and nowhere else`(string: String, json: String) {
        #expect(text(.version(string)) == #"{"type":"version","version":"# + json + "}")
    }

    @Test
    func `thousands of random strings survive the way through JSON`() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<5_000 {
            let string = random.text(upTo: 24)
            let read = try #require(try object(ServerMessage.version(string).encoded)["version"] as? String)
            #expect(Array(read.unicodeScalars) == Array(string.unicodeScalars))
        }
    }

    @Test
    func `a message is appended to what is there`() {
        var bytes: [UInt8] = [1, 2]
        ServerMessage.pong.append(to: &bytes)
        #expect(bytes == [1, 2] + ServerMessage.pong.encoded)
    }

    @Test(arguments: [Int64.min, -10, -1, 0, 9, 10, 99, 1_000_000, Int64.max])
    func `numbers are written in decimal`(number: Int64) {
        #expect(text(.keepalive(timestampMilliseconds: number)) == #"{"type":"keepalive","timestamp":\#(number)}"#)
    }
}
