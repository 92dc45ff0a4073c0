import Testing

@testable import WebSocketLoop

@Suite struct HandshakeTests {
    private func good() -> HandshakeFacts {
        HandshakeFacts(
            method: .get, isHTTP11: true, upgrade: Array("websocket".utf8), connection: Array("Upgrade".utf8), hostCount: 1,
            key: Array("dGhlIHNhbXBsZSBub25jZQ==".utf8), keyCount: 1, version: Array("13".utf8), hasBody: false)
    }

    private func fault(_ change: (inout HandshakeFacts) -> Void) -> HandshakeFault? {
        var facts = good()
        change(&facts)
        do throws(HandshakeFault) { try facts.check() } catch { return error }
        return nil
    }

    private func isMalformed(_ change: (inout HandshakeFacts) -> Void) -> Bool {
        if case .malformed = fault(change) { true } else { false }
    }

    @Test(arguments: ["websocket", "WebSocket", "WEBSOCKET"]) func `the upgrade's name is read without regard to case`(name: String) {
        #expect(fault { $0.upgrade = Array(name.utf8) } == nil)
    }

    @Test(arguments: ["foo", "h2c", "websocke", "websockets", "websocket, h2c", "", " websocket"])
    func `any other upgrade is hung up on`(name: String) {
        #expect(fault { $0.upgrade = Array(name.utf8) } == .notWebSocket)
    }

    @Test func `no upgrade at all is hung up on`() { #expect(fault { $0.upgrade = nil } == .notWebSocket) }

    @Test(arguments: ["Upgrade", "upgrade", "keep-alive, Upgrade", "keep-alive,upgrade", "keep-alive Upgrade"])
    func `the token Upgrade is found among those of Connection`(value: String) {
        #expect(fault { $0.connection = Array(value.utf8) } == nil)
    }

    @Test(arguments: ["keep-alive", "upgraded", "", "up grade"]) func `a Connection without the token is malformed`(value: String) {
        #expect(isMalformed { $0.connection = Array(value.utf8) })
    }

    @Test func `each other rule of RFC 6455 has its own refusal`() {
        #expect(isMalformed { $0.method = .post })
        #expect(isMalformed { $0.method = nil })
        #expect(isMalformed { $0.isHTTP11 = false })
        #expect(isMalformed { $0.hostCount = 0 })
        #expect(isMalformed { $0.hostCount = 2 })
        #expect(isMalformed { $0.connection = nil })
        #expect(isMalformed { $0.version = nil })
        #expect(isMalformed { $0.key = nil })
        #expect(isMalformed { $0.keyCount = 2 })
        #expect(isMalformed { $0.hasBody = true })
    }

    @Test(arguments: ["8", "12", "14", "013", "13 13", "", "abc"]) func `any version but 13 is answered with the one we speak`(
        version: String
    ) {
        #expect(fault { $0.version = Array(version.utf8) } == .wrongVersion)
    }

    @Test(arguments: [
        "", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZQ=a", "dGhlIHNhbXBsZSBub25jZ===",
        "dGhlIHNhbXBsZSBub25j*Q==", "dGhlIHNhbXBs ZSBub25jZQ=",
    ])
    func `a key that is not 16 bytes in base64 is malformed`(key: String) {
        #expect(isMalformed { $0.key = Array(key.utf8) })
    }
}
