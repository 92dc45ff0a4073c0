import Testing

@testable import WebSocketLoop

@Suite struct HTTPResponseTests {
    private func text(_ response: HTTPResponse, withoutBody: Bool = false) -> String {
        String(decoding: response.encoded(withoutBody: withoutBody), as: UTF8.self)
    }

    @Test func `an answer is a status line, its headers in order, the length and the body`() {
        let response = HTTPResponse(status: 503, headers: [("B", "1"), ("A", "2")], body: Array("hé".utf8))
        #expect(
            text(response)
                == "HTTP/1.1 503 Service Unavailable\r\nB: 1\r\nA: 2\r\nContent-Length: 3\r\nConnection: close\r\n\r\nhé")
    }

    @Test func `an answer to HEAD has the length but not the body`() {
        let response = HTTPResponse(status: 404, body: Array("gone".utf8))
        #expect(text(response, withoutBody: true).hasSuffix("Content-Length: 4\r\nConnection: close\r\n\r\n"))
        #expect(text(response).hasSuffix("\r\n\r\ngone"))
    }

    @Test func `an answer that asks for an upgrade says so in the header that ends the connection`() {
        let response = HTTPResponse(status: 426, headers: [("Upgrade", "websocket"), ("Connection", "Upgrade")])
        #expect(text(response).hasSuffix("Content-Length: 0\r\nConnection: Upgrade, close\r\n\r\n"))
    }
}
