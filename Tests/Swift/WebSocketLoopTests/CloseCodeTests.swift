import Testing

@testable import WebSocketLoop

@Suite struct CloseCodeTests {
    private func fault(_ payload: [UInt8]) -> DisconnectReason? {
        unsafe payload.withUnsafeBytes { unsafe faultInClosePayload($0) }
    }

    private func payload(_ code: Int, _ reason: [UInt8] = []) -> [UInt8] { [UInt8(code >> 8), UInt8(code & 0xFF)] + reason }

    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
    func `a code that may be sent is accepted`(code: Int) { #expect(fault(payload(code)) == nil) }

    @Test(arguments: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
    func `a code that must not be sent is a protocol error`(code: Int) { #expect(fault(payload(code)) == .protocolError) }

    @Test func `no payload is fine, one byte is not`() {
        #expect(fault([]) == nil)
        #expect(fault([3]) == .protocolError)
    }

    @Test func `a reason is whole UTF-8`() {
        #expect(fault(payload(1000, Array("žluťoučký".utf8))) == nil)
        #expect(fault(payload(1000, [0xFF])) == .invalidPayload)
        #expect(fault(payload(1000, [0xE2, 0x82])) == .invalidPayload)
    }

    @Test func `reasons have distinct names in snake case`() {
        let names = DisconnectReason.allCases.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.allSatisfy { $0 == "_" || $0.isLowercase } })
    }

    @Test func `a reason that the peer can't hear has no code, the others have theirs`() {
        let codes = DisconnectReason.allCases.map { $0.code?.rawValue }
        #expect(codes == [nil, nil, nil, 1008, 1009, 1007, 1002, 1008, 1001])
    }
}
