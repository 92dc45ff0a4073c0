import SkewWatch
import TestServer
import TestSockets
import Testing

@Suite(.timeLimit(.minutes(1))) struct RequestTests {
    private static let json = "Content-Type: application/json"

    private struct Case: Sendable {
        var request: String
        var headers: [String] = []
        var body: String?
        var status: Int
        var allow: String?
    }

    private static let refused: [Case] = [
        Case(request: "GET /nothing", status: 404), Case(request: "GET /__skew/x", status: 404),
        Case(request: "GET /__skew/nothing", status: 404),
        Case(request: "POST /__skew/nothing", headers: [json], body: "{}", status: 404), Case(request: "GET /metrics", status: 404),
        Case(request: "GET /__skew/admin", status: 404),
        Case(request: "POST /__skew/sse", headers: [json], body: "{}", status: 405, allow: "GET, HEAD, OPTIONS"),
        Case(request: "HEAD /__skew/route", status: 405, allow: "POST, OPTIONS"),
        Case(request: "GET /__skew/route", status: 405, allow: "POST, OPTIONS"),
        Case(request: "PUT /__skew/route", headers: [json], body: "{}", status: 405, allow: "POST, OPTIONS"),
        Case(request: "DELETE /__skew/health", status: 405, allow: "GET, HEAD, OPTIONS"),
        Case(request: "POST /__skew/client.js", headers: [json], body: "{}", status: 405, allow: "GET, HEAD, OPTIONS"),
        Case(request: "GET /__skew/admin/revoke", status: 405, allow: "POST, OPTIONS"),
        Case(request: "GET /__skew/ws", status: 426),
        Case(request: "POST /__skew/route", body: "{}", status: 415),
        Case(request: "POST /__skew/route", headers: ["Content-Type: text/plain"], body: "{}", status: 415),
        Case(request: "POST /__skew/subscribe-stats", headers: ["Content-Type: application/jsonp"], body: "{}", status: 415),
        Case(request: "POST /__skew/route", headers: [json], body: "", status: 400),
        Case(request: "POST /__skew/subscribe-stats", headers: [json], body: "", status: 400),
        Case(request: "POST /__skew/route", headers: [json], status: 400),
        Case(request: "POST /__skew/subscribe-stats", headers: [json], status: 400),
        Case(request: "POST /__skew/subscribe-stats", headers: [json], body: "{}", status: 400),
        Case(request: "POST /__skew/subscribe-stats", headers: [json], body: #"{"connectionId":1}"#, status: 400),
        Case(request: "POST /__skew/subscribe-stats", headers: [json], body: #"{"connectionId":"x","mode":"all"}"#, status: 400),
        Case(request: "POST /__skew/route", headers: [json], body: "null", status: 400),
        Case(request: "POST /__skew/route", headers: [json], body: "{", status: 400),
        Case(request: "POST /__skew/route", headers: [json], body: String(repeating: "[", count: 4000), status: 400),
        Case(request: "POST /__skew/route", headers: [json, "Content-Length: 12289"], status: 413),
        Case(request: "POST /__skew/route", headers: [json, "Content-Length: 999999999999999"], status: 413),
        Case(request: "POST /__skew/route", headers: [json, "Transfer-Encoding: chunked"], status: 411),
        Case(request: "POST /__skew/route", headers: [json, "Content-Length: -1"], status: 400),
        Case(request: "POST /__skew/route", headers: [json, "Content-Length: 1e3"], status: 400),
        Case(request: "GET /__skew/health", headers: ["Cookie: \(String(repeating: "x", count: 9000))"], status: 431),
        Case(request: "GET /__skew/admin/stats", status: 401),
        Case(request: "POST /__skew/admin/release", headers: [json], body: "{}", status: 503),
    ]

    @Test func `what is refused is told in one sentence of JSON, with the right status`() async throws {
        try await RunningServer.run { server in
            for item in Self.refused {
                let words = item.request.split(separator: " ").map(String.init)
                if words[0] == "HEAD" {
                    let text = try await raw("\(item.request) HTTP/1.1\r\nHost: x\r\n\r\n", server)
                    #expect(text.hasPrefix("HTTP/1.1 \(item.status) ") && text.contains("Allow: \(item.allow ?? "")\r\n"))
                    #expect(text.hasSuffix("\r\n\r\n"), "an answer to HEAD has no body")
                    continue
                }
                let answer = try await server.request(words[0], words[1], headers: item.headers, body: item.body)
                #expect(answer?.status == item.status && answer?.isError == true, "\(item): \(String(describing: answer))")
                #expect(answer?["Allow"] == item.allow, "\(item)")
            }
        }
    }

    @Test func `a route POST without its fields is false and no error, whatever it names`() async throws {
        try await RunningServer.run { server in
            for body in [
                "{}", #"{"connectionId":"x"}"#, #"{"route":"/"}"#, #"{"connectionId":"x","route":""}"#, #"{"connectionId":1,"route":"/"}"#,
            ] {
                let answer = try await server.post("/route", body)
                #expect(answer?.status == 200 && answer?.body == #"{"ok":false}"#, "\(body)")
            }
            let answer = try await server.request(
                "POST", "/__skew/route", headers: ["Content-Type: Application/JSON; charset=utf-8"],
                body: #"{"connectionId":"x","route":"/"}"#)
            #expect(answer?.body == #"{"ok":true}"#)
        }
    }

    @Test func `health and HEAD`() async throws {
        try await RunningServer.run(.testing { $0.release = "r1" }) { server in
            let health = try await server.request("GET", "/__skew/health")
            let form = /{"ok":true,"version":"r1","uptime":[0-9]}/
            #expect(health?.status == 200 && health?.body.wholeMatch(of: form) != nil)
            #expect(health?["Cache-Control"] == "no-store")
            let head = try await raw("HEAD /__skew/health HTTP/1.1\r\nHost: x\r\n\r\n", server)
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.hasSuffix("\r\n\r\n"))
            #expect(head.contains("Content-Length: \(health?.body.utf8.count ?? 0)\r\n"))
        }
    }

    // libwebsockets 4.1 to 4.5 goes round for ever in lws_http_action when the head of a POST lies behind a request that was answered.
    @Test func `two requests in one segment are answered once, and the loop goes on`() async throws {
        let (get, admin) = ("Host: x\r\n\r\n", "Host: x\r\nAuthorization: Bearer \(RunningServer.adminToken)\r\n\r\n")
        let length = "\(Self.json)\r\nContent-Length: 7\r\n\r\n"
        let configuration = Configuration.testing { ($0.internalPort, $0.adminToken) = (0, Secret(RunningServer.adminToken)) }
        try await RunningServer.run(configuration) { server in
            let (bystander, _) = try await server.open()
            let (publicPort, internalPort) = (server.port, try #require(server.internalPort))
            let firsts = [
                (publicPort, "GET /__skew/health HTTP/1.1\r\n\(get)"), (publicPort, "HEAD /__skew/client.js HTTP/1.1\r\n\(get)"),
                (publicPort, "GET /__skew/admin/stats HTTP/1.1\r\n\(admin)"), (publicPort, "GET /nothing HTTP/1.1\r\n\(get)"),
                (publicPort, "OPTIONS /__skew/route HTTP/1.1\r\n\(get)"),
                (publicPort, "POST /__skew/route HTTP/1.1\r\nHost: x\r\n\(length){\"a\":1}"),
                (internalPort, "GET /live HTTP/1.1\r\n\(get)"),
                (internalPort, "GET /ready HTTP/1.1\r\n\(get)"), (internalPort, "GET /metrics HTTP/1.1\r\n\(get)"),
            ]
            for (port, first) in firsts {
                for second in ["POST /__skew/route", "POST /__skew/subscribe-stats", "POST /live", "GET /__skew/health", "PUT /"] {
                    for body in ["", #"{"a":1}"#] {
                        let text = try await raw(first + "\(second) HTTP/1.1\r\nHost: x\r\n\(length)\(body)", port)
                        #expect(text.ranges(of: "HTTP/1.1 ").count == 1, "\(first)\(second): \(text)")
                        #expect(text.contains("\r\nConnection: close\r\n"), "\(first)\(second): \(text)")
                    }
                }
            }
            try await bystander.send("ping")
            #expect(try await bystander.text() == #"{"type":"pong"}"#)
            #expect(try await server.probe("/live")?.status == 200)
        }
    }

    @Test(arguments: ["/pro/__skew", ""]) func `another base path moves everything`(basePath: String) async throws {
        try await RunningServer.run(.testing { $0.basePath = basePath }) { server in
            #expect(try await server.request("GET", basePath + "/health")?.status == 200)
            #expect(try await server.request("GET", basePath + "/client.js")?.status == 200)
            #expect(try await server.request("GET", "/__skew/health")?.status == 404)
            _ = try await WebSocketClient(port: server.port, path: basePath + "/ws")
        }
    }

    // MARK: Origins

    @Test func `only pages of allowed origins are handed answers`() async throws {
        let (good, bad) = ("https://app.example.com", "https://evil.example")
        try await RunningServer.run(.testing { $0.allowedOrigins = [good] }) { server in
            for (method, path, body) in [
                ("GET", "/health", nil), ("POST", "/route", "{}"), ("POST", "/subscribe-stats", ""), ("POST", "/route", "[]"),
            ]
                as [(String, String, String?)]
            {
                let headers = [Self.json, "Origin: \(good)"]
                let answer = try await server.request(method, "/__skew" + path, headers: headers, body: body)
                #expect(answer?["Access-Control-Allow-Origin"] == good && answer?["Vary"] == "Origin", "\(path)")
                for headers in [[Self.json], [Self.json, "Origin: http://127.0.0.1"]] {
                    let answer = try await server.request(method, "/__skew" + path, headers: headers, body: body)
                    #expect(answer?.headers.contains { $0.lowercased().hasPrefix("access-control") } == false, "\(path) \(headers)")
                }
            }
            let stream = try await EventStream(port: server.port, headers: ["Origin: \(good)"])
            #expect(await stream.head.contains("Access-Control-Allow-Origin: \(good)"))
            for (method, path) in [
                ("GET", "/sse"), ("POST", "/route"), ("POST", "/subscribe-stats"), ("OPTIONS", "/route"), ("OPTIONS", "/health"),
            ] {
                for origin in [bad, "null", "\(good).evil.example", "http://app.example.com", "\(good):8443", "\(good)\r\nOrigin: \(good)"]
                {
                    let headers = [Self.json, "Origin: \(origin)"]
                    let answer = try await server.request(method, "/__skew" + path, headers: headers, body: method == "POST" ? "{}" : nil)
                    #expect(answer?.status == 403 && answer?.isError == true, "\(method) \(path) \(origin)")
                    #expect(answer?["Access-Control-Allow-Origin"] == nil)
                }
            }
            let handshake = WebSocketClient.handshake(path: "/__skew/ws", headers: ["Origin: \(bad)"])
            #expect(try await HTTPAnswer.to(String(decoding: handshake, as: UTF8.self), port: server.port)?.status == 403)
        }
    }

    @Test func `OPTIONS tells methods, and allowed pages what they may send`() async throws {
        try await RunningServer.run(.testing { $0.allowedOrigins = ["https://app.example.com"] }) { server in
            for (path, allow) in [("/route", "POST, OPTIONS"), ("/health", "GET, HEAD, OPTIONS"), ("/sse", "GET, HEAD, OPTIONS")] {
                let plain = try await server.request("OPTIONS", "/__skew" + path)
                #expect(plain?.status == 204 && plain?["Allow"] == allow && plain?["Access-Control-Allow-Methods"] == nil)
                let answer = try await server.request(
                    "OPTIONS", "/__skew" + path,
                    headers: ["Origin: https://app.example.com", "Access-Control-Request-Headers: content-type,x-request-id"])
                #expect(answer?.status == 204 && answer?["Access-Control-Allow-Methods"] == allow)
                #expect(answer?["Access-Control-Allow-Headers"] == "authorization, content-type, skewwatch-token, x-request-id")
                #expect(answer?["Access-Control-Allow-Origin"] == "https://app.example.com")
            }
        }
    }

    // MARK: Smuggling

    @Test(arguments: [
        "/__skew/%61dmin/stats", "/__skew//admin/stats", "/__skew/x/../admin/stats", "//__skew/admin/stats", "/__skew/./health",
    ])
    func `a path that is not written as the endpoint's is not there`(path: String) async throws {
        try await RunningServer.run(.testing { $0.adminToken = Secret(RunningServer.adminToken) }) { server in
            let answer = try await server.request("GET", path, headers: ["Authorization: Bearer \(RunningServer.adminToken)"])
            #expect(answer?.status == 404 && answer?.isError == true)
        }
    }

    private static let upgrade =
        "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    /// Hidden behind a doubtful border; nobody must answer it.
    private static let hidden = "GET /__skew/smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let post = "POST /__skew/route HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"

    private static let doubtful: [(name: String, bytes: String)] = [
        ("CL+TE", "\(post)Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(hidden)"),
        ("TE+CL", "\(post)Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n\(hidden)"),
        ("TE", "\(post)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(hidden)"),
        ("TE xchunked", "\(post)Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n\r\n{}\(hidden)"),
        ("two CL", "\(post)Content-Length: 2\r\nContent-Length: \(hidden.utf8.count + 2)\r\n\r\n{}\(hidden)"),
        ("CL list", "\(post)Content-Length: 2, 2\r\n\r\n{}\(hidden)"), ("negative CL", "\(post)Content-Length: -2\r\n\r\n{}\(hidden)"),
        ("signed CL", "\(post)Content-Length: +2\r\n\r\n{}\(hidden)"), ("hex CL", "\(post)Content-Length: 0x2\r\n\r\n{}\(hidden)"),
        ("huge CL", "\(post)Content-Length: 18446744073709551618\r\n\r\n{}\(hidden)"),
        ("two Hosts", "GET /__skew/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n\(hidden)"),
        ("no Host", "GET /__skew/health HTTP/1.1\r\n\r\n\(hidden)"),
        ("upgrade, two Hosts", "GET /__skew/ws HTTP/1.1\r\nHost: b\r\n\(upgrade)\r\n"),
        ("upgrade, CL", "GET /__skew/ws HTTP/1.1\r\n\(upgrade)Content-Length: 5\r\n\r\nhello\(hidden)"),
        ("upgrade, TE", "GET /__skew/ws HTTP/1.1\r\n\(upgrade)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(hidden)"),
        ("upgrade, POST", "POST /__skew/ws HTTP/1.1\r\n\(upgrade)\r\n"), ("upgrade, HTTP/1.0", "GET /__skew/ws HTTP/1.0\r\n\(upgrade)\r\n"),
        ("upgrade, h2c", "GET /__skew/ws HTTP/1.1\r\n\(upgrade.replacing("Upgrade: websocket", with: "Upgrade: h2c"))\r\n"),
        ("bare CR", "GET /__skew/ws HTTP/1.1\r\(upgrade.replacing("\r\n", with: "\r"))\r"),
        ("NUL in a value", "GET /__skew/ws HTTP/1.1\r\n\(upgrade)X-Y: a\0b\r\n\r\n"),
        ("NUL in Host", "GET /__skew/ws HTTP/1.1\r\n\(upgrade.replacing("Host: a", with: "Host: a\0b"))\r\n"),
        ("NUL in the path", "GET /__skew/ws\0x HTTP/1.1\r\n\(upgrade)\r\n"),
        ("%00 in the path", "GET /__skew/ws%00x HTTP/1.1\r\n\(upgrade)\r\n"),
        ("obs-fold of Host", "GET /__skew/ws HTTP/1.1\r\n\(upgrade.replacing("Host: a", with: "Host:\r\n a"))\r\n"),
        ("space before a colon", "GET /__skew/ws HTTP/1.1\r\n\(upgrade.replacing("Host: a", with: "Host : a"))\r\n"),
        ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), ("CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    @Test func `a request whose borders are in doubt never gets in, hides none, and ends alone`() async throws {
        try await RunningServer.run(.testing { $0.handshakeTimeout = .milliseconds(500) }) { server in
            let (bystander, _) = try await server.open()
            try await withThrowingTaskGroup(of: (String, String).self) { group in
                for (name, bytes) in Self.doubtful { group.addTask { (name, try await self.raw(bytes, server)) } }
                for try await (name, text) in group {
                    #expect(!text.contains("HTTP/1.1 101"), "\(name): \(text)")
                    #expect(
                        !text.contains("HTTP/1.1 404") || name.contains("path"), "\(name): \(text)")
                    #expect(!text.contains("HTTP/1.1 200"), "\(name): \(text)")
                    #expect(text.ranges(of: "HTTP/1.1 ").count <= 1, "\(name): \(text)")
                }
            }
            try await bystander.send("ping")
            #expect(try await bystander.text() == #"{"type":"pong"}"#)
            #expect(try await server.request("GET", "/__skew/health")?.status == 200)
        }
    }

    @Test func `a folded line, and a bare line feed, is refused with 400`() async throws {
        try await RunningServer.run { server in
            for line in ["Host: b", "Origin: https://evil.example", "Content-Length: 5", "Transfer-Encoding: chunked", "b: c"] {
                for end in ["\r\n ", "\r\n\t", "\n"] {
                    let answer = try await Self.firstLine("GET /__skew/ws HTTP/1.1\r\n\(Self.upgrade)X-Y: a\(end)\(line)\r\n\r\n", server)
                    #expect(answer == "HTTP/1.1 400 Bad Request", "\(line)")
                }
            }
            let lines = "GET /__skew/ws HTTP/1.1\r\n\(Self.upgrade)\r\n".replacing("\r\n", with: "\n")
            #expect(try await Self.firstLine(lines, server) == "HTTP/1.1 400 Bad Request")
        }
    }

    private static func firstLine(_ bytes: String, _ server: RunningServer) async throws -> String {
        let socket = try RawSocket(port: server.port)
        try socket.write(Array(bytes.utf8))
        return String(decoding: try await socket.receive().prefix { $0 != 13 }, as: UTF8.self)
    }

    /// Everything the server answers to bytes until it hangs up.
    private func raw(_ bytes: String, _ server: RunningServer) async throws -> String { try await raw(bytes, server.port) }

    private func raw(_ bytes: String, _ port: Int) async throws -> String {
        let socket = try RawSocket(port: port)
        do { try socket.write(Array(bytes.utf8)) } catch SocketFault.ended {}
        return String(decoding: try await socket.receiveAll(), as: UTF8.self)
    }
}
