import Testing

@testable import SkewWatchLoad

@Suite struct FrameTests {
    /// Everything that `bytes` say, handed over in portions of `portion` bytes.
    private func events(_ bytes: [UInt8], portion: Int = .max, keepsText: Bool = true) -> [FrameParser.Event] {
        var parser = FrameParser(keepsText: keepsText)
        var events: [FrameParser.Event] = []
        for start in stride(from: 0, to: bytes.count, by: min(portion, max(1, bytes.count))) {
            let part = Array(bytes[start..<min(bytes.count, start + min(portion, bytes.count))])
            var position = 0
            while let event = parser.next(part.span, &position) {
                events.append(event)
                if case .fault = event { return events }
            }
        }
        return events
    }

    private func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let count = payload.count
        if count < 126 { return [first, UInt8(count)] + payload }
        if count < 65536 { return [first, 126, UInt8(count >> 8), UInt8(count & 255)] + payload }
        return [first, 127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) } + payload
    }

    @Test(arguments: [1, 2, 3, 7, 1000, Int.max]) func `a text of any length is read in portions of any size`(portion: Int) {
        for count in [0, 1, 125, 126, 127, 65535, 65536] where count < 1000 || portion > 2 {
            let text = [UInt8](repeating: UInt8(ascii: "x"), count: count)
            #expect(events(frame(0x81, text), portion: portion) == [.text(text)])
        }
    }

    @Test(arguments: [1, 2, 5, Int.max]) func `control frames between fragments come first and the message stays whole`(portion: Int) {
        let bytes =
            frame(0x01, Array("he".utf8)) + frame(0x89, Array("p".utf8)) + frame(0x00, []) + frame(0x8A, [])
            + frame(0x80, Array("llo".utf8)) + frame(0x81, Array("2".utf8))
        #expect(events(bytes, portion: portion) == [.ping(Array("p".utf8)), .pong, .text(Array("hello".utf8)), .text(Array("2".utf8))])
    }

    @Test func `a character may be split between fragments`() {
        let euro = Array("€".utf8)
        #expect(events(frame(0x01, Array(euro[..<1])) + frame(0x80, Array(euro[1...]))) == [.text(euro)])
    }

    @Test func `texts that are not kept are told empty and unchecked`() {
        #expect(events(frame(0x81, [0xFF, 0xFE]), keepsText: false) == [.text([])])
    }

    @Test func `a binary message tells its size over all fragments`() {
        #expect(events(frame(0x02, [1, 2]) + frame(0x80, [3])) == [.binary(3)])
    }

    @Test func `a close frame tells its code`() {
        #expect(events(frame(0x88, [])) == [.close(nil)])
        #expect(events(frame(0x88, [0x03, 0xE8])) == [.close(1000)])
        #expect(events(frame(0x88, [0x03, 0xF4] + Array("going".utf8))) == [.close(1012)])
    }

    @Test(
        arguments: [
            ([0xC1, 0x00], FrameFault.reservedBits), ([0x83, 0x00], .unknownOpcode), ([0x8B, 0x00], .unknownOpcode),
            ([0x81, 0x80], .masked),
            ([0x89, 126], .controlTooLong), ([0x09, 0x00], .controlFragmented), ([0x80, 0x00], .continuationOfNothing),
            ([0x01, 0x00, 0x81, 0x00], .messageUnfinished), ([0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], .tooLong),
            ([0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0], .tooLong), ([0x81, 126, 0, 125], .lengthNotMinimal),
            ([0x81, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], .lengthNotMinimal), ([0x81, 0x01, 0xFF], .invalidText),
            ([0x88, 0x01, 0x03], .invalidClose),
            ([0x88, 0x02, 0x03, 0xED], .invalidClose), ([0x88, 0x03, 0x03, 0xE8, 0xFF], .invalidClose),
        ] as [([UInt8], FrameFault)])
    func `what a server may not send is a fault`(bytes: [UInt8], fault: FrameFault) {
        #expect(events(bytes) == [.fault(fault)])
        #expect(events(bytes, portion: 1) == [.fault(fault)])
    }

    @Test func `close codes are those that may stand on the wire`() {
        let allowed = [1000, 1001, 1002, 1003, 1007, 1011, 1012, 1014, 3000, 4999]
        let forbidden = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000]
        #expect(allowed.allSatisfy(FrameParser.isAllowed(closeCode:)))
        #expect(!forbidden.contains(where: FrameParser.isAllowed(closeCode:)))
    }

    @Test func `a written frame has the key in it and the payload under it`() {
        var output: [UInt8] = []
        FrameWriter.append(.text, Array("Hello".utf8), key: 0x37FA_213D, to: &output)
        #expect(output == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
        output = []
        FrameWriter.append(.pong, Array("Hello".utf8), key: 0, to: &output)
        #expect(output == [0x8A, 0x85, 0, 0, 0, 0] + Array("Hello".utf8))
    }

    @Test(arguments: [0, 125, 126, 65535, 65536]) func `a written frame's length is in the shortest form`(count: Int) {
        var output: [UInt8] = []
        FrameWriter.append(.text, [UInt8](repeating: 0, count: count), key: 1, to: &output)
        let header = count < 126 ? 6 : count < 65536 ? 8 : 14
        #expect(output.count == header + count)
        #expect(output[1] == 0x80 | UInt8(count < 126 ? count : count < 65536 ? 126 : 127))
    }
}
