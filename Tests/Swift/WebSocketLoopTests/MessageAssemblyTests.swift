import Testing

@testable import WebSocketLoop

@Suite struct MessageAssemblyTests {
    private func append(
        _ piece: [UInt8], declared: Int = 0, isLast: Bool = false, limit: Int = 10, to assembly: inout MessageAssembly
    ) -> DisconnectReason? {
        unsafe piece.withUnsafeBytes { unsafe assembly.append($0, declared: declared, isLast: isLast, limit: limit) }
    }

    @Test func `pieces are joined in order up to the limit itself`() {
        var assembly = MessageAssembly(isText: true)
        #expect(append(Array("hello".utf8), to: &assembly) == nil)
        #expect(append(Array("world".utf8), isLast: true, to: &assembly) == nil)
        #expect(assembly.bytes == Array("helloworld".utf8))
    }

    @Test func `one byte too many is too big, also when it is only declared`() {
        var assembly = MessageAssembly(isText: false)
        #expect(append([1, 2, 3, 4, 5], declared: 5, to: &assembly) == nil)
        var other = assembly
        #expect(append([1, 2, 3, 4, 5, 6], to: &assembly) == .messageTooBig)
        #expect(append([1], declared: 5, to: &other) == .messageTooBig)
        #expect(append([1], declared: .max, to: &other) == .messageTooBig)
    }

    @Test func `a character may be cut between pieces but not at the end`() {
        let euro: [UInt8] = [0xE2, 0x82, 0xAC]
        var assembly = MessageAssembly(isText: true)
        #expect(append(Array(euro[..<1]), to: &assembly) == nil)
        #expect(append(Array(euro[1...]), isLast: true, to: &assembly) == nil)
        var cut = MessageAssembly(isText: true)
        #expect(append(Array(euro[..<2]), isLast: true, to: &cut) == .invalidPayload)
        var binary = MessageAssembly(isText: false)
        #expect(append(Array(euro[..<2]), isLast: true, to: &binary) == nil)
    }

    @Test func `damaged text fails at once, not at its end`() {
        var assembly = MessageAssembly(isText: true)
        #expect(append([0x61, 0xFF], to: &assembly) == .invalidPayload)
    }

    @Test func `empty fragments are allowed, but not for ever`() {
        var assembly = MessageAssembly(isText: true)
        for _ in 0..<MessageAssembly.maxEmptyFragments { #expect(append([], to: &assembly) == nil) }
        #expect(append([], to: &assembly) == .protocolError)
    }
}
