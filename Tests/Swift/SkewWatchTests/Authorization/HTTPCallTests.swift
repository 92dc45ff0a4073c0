import HTTPCall
import Testing

struct HTTPCallTests {
    private func call(_ app: TinyApp, timeout: Duration = .seconds(2)) async throws -> HTTPAnswer {
        try await HTTPCaller().call(HTTPRequest(url: app.url, body: Array("{}".utf8), timeout: timeout, maxAnswerBytes: 1000))
    }

    private func fault(_ app: TinyApp, timeout: Duration = .seconds(2)) async -> HTTPFault? {
        do {
            _ = try await call(app, timeout: timeout)
            return nil
        } catch {
            return error as? HTTPFault
        }
    }

    @Test func `an answer has its status, its type and its body`() async throws {
        let app = TinyApp { _ in .status(403, "no", type: "text/plain") }
        defer { app.stop() }
        #expect(try await call(app) == HTTPAnswer(status: 403, contentType: "text/plain", body: Array("no".utf8)))
    }

    @Test func `a request carries its headers and its body`() async throws {
        let app = TinyApp { _ in .status(204) }
        defer { app.stop() }
        let request = HTTPRequest(
            url: app.url, headers: [("Cookie", "a=b; c=d"), ("X-Split", "a\r\nEvil: yes"), ("Content-Type", "application/json")],
            body: Array(#"{"a":1}"#.utf8))
        #expect(try await HTTPCaller().call(request).status == 204)
        let seen = try #require(app.requests.first)
        #expect(seen.line == "POST /authorize HTTP/1.1")
        #expect(seen.body == #"{"a":1}"#)
        #expect(seen.headers["cookie"] == "a=b; c=d")
        #expect(seen.headers["content-type"] == "application/json")
        #expect(seen.headers["x-split"] == nil && seen.headers["evil"] == nil && seen.headers["expect"] == nil)
    }

    @Test func `a redirect is not followed`() async throws {
        let other = TinyApp { _ in .status(200) }
        let app = TinyApp { _ in .status(302, headers: "Location: \(other.url)\r\n") }
        defer {
            app.stop()
            other.stop()
        }
        #expect(try await call(app).status == 302)
        #expect(other.requests.isEmpty)
    }

    @Test func `a server that is silent is given up`() async {
        let app = TinyApp { _ in .silence }
        defer { app.stop() }
        #expect(await fault(app, timeout: .milliseconds(100)) == .timedOut)
    }

    @Test func `a server that hangs up, talks nonsense or is not there is a fault`() async {
        let rude = TinyApp { _ in .hangUp }
        let babbling = TinyApp { _ in .bytes("hello\r\n\r\n") }
        let gone = TinyApp { _ in .hangUp }
        gone.stop()
        #expect(await fault(rude) == .broken)
        rude.stop()
        #expect(await fault(babbling) == .broken)
        babbling.stop()
        #expect(await fault(gone) == .notConnected)
    }

    @Test(arguments: ["Content-Length: 100000\r\n", ""])
    func `an answer that is too large is not taken`(length: String) async {
        let app = TinyApp { _ in .bytes("HTTP/1.1 200 OK\r\n\(length)Connection: close\r\n\r\n" + String(repeating: "x", count: 100_000)) }
        defer { app.stop() }
        #expect(await fault(app) == .answerTooLarge)
    }

    @Test func `other schemes are refused`() async {
        for url in ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "nonsense"] {
            await #expect(throws: HTTPFault.self) { try await HTTPCaller().call(HTTPRequest(url: url, timeout: .milliseconds(500))) }
        }
    }

    @Test func `what is under way ends with the caller, and nothing starts after it`() async {
        let app = TinyApp { _ in .silence }
        defer { app.stop() }
        let caller = HTTPCaller()
        let request = HTTPRequest(url: app.url, timeout: .seconds(20))
        let first = Task { try await caller.call(request) }
        while app.requests.isEmpty { await Task.yield() }
        caller.end()
        await #expect(throws: HTTPFault.ended) { try await first.value }
        await #expect(throws: HTTPFault.ended) { try await caller.call(request) }
    }
}
