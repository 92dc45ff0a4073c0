import Cryptography
import SkewProtocol
import TestServer
import TestSockets
import Testing

@testable import SkewWatch

/// Whose tabs are, on a real server.
@Suite(.timeLimit(.minutes(1))) struct TagServerTests {
    private static let secret = "0123456789abcdef0123456789abcdef"

    private static func token(_ claims: String, secret: String = secret) -> String {
        let expiry = Double(MonotonicTime.wallClockMilliseconds) / 1000 + 60
        let parts = [#"{"alg":"HS256"}"#, #"{"exp":\#(expiry),\#(claims)}"#].map { Base64URL.encode(Array($0.utf8)) }
        let message = parts.joined(separator: ".")
        let code = AuthenticationCode(secret: Array(secret.utf8)).code(of: Array(message.utf8), hash: .sha256) ?? []
        return message + "." + Base64URL.encode(code)
    }

    /// The tags by id as somebody sees them who is not counted, once they are as wanted.
    private func tags(_ server: RunningServer, _ isSo: ([String: String]) -> Bool) async throws -> [String: String] {
        while true {
            let stats = try await server.watch("snapshot", "?observer=1").stats
            let tags = stats.rows.compactMapValues(\.tag)
            if isSo(tags) { return tags }
        }
    }

    @Test func `a trusted proxy names it by its header, and nobody else does`() async throws {
        for (proxies, expected) in [("127.0.0.0/8", "acme"), ("192.0.2.1", nil)] as [(String, String?)] {
            let configuration = Configuration.testing {
                ($0.tagHeader, $0.trustedProxies) = ("x-customer", [AddressRange(proxies)!])
            }
            try await RunningServer.run(configuration) { server in
                let tab = try await server.open(headers: ["X-Customer: forged", "X-CUSTOMER: \u{202E}acme"])
                let stats = try await server.watch("snapshot", "?observer=1").stats
                #expect(stats.rows[tab.hello.connectionID ?? ""]?.tag == expected && stats.tracking?["tags"] == true)
                try await tab.client.send("ping")
            }
        }
    }

    @Test func `a claim of the token in a handshake names it, whatever the token lets see`() async throws {
        let configuration = Configuration.testing {
            ($0.tagClaim, $0.jwtSecret, $0.jwtCookie) = ("org.name", Secret(Self.secret), "session")
            $0.jwtRequire = [RequiredClaim(name: "role", value: "admin")]
        }
        try await RunningServer.run(configuration) { server in
            let good = Self.token(#""org":{"name":"acme"},"aud":"shop""#)
            let byCookie = try await server.open(headers: ["Cookie: session=\(good)"])
            let byHeader = try await server.open(headers: ["Authorization: Bearer \(good)"])
            let forged = try await server.open(headers: [
                "Cookie: session=\(Self.token(#""org":{"name":"evil"}"#, secret: "another secret"))"
            ])
            let without = try await server.open(headers: ["Cookie: session=\(Self.token(#""org":{"id":7}"#))"])
            let tags = try await tags(server) { $0.count == 2 }
            let ids = [byCookie, byHeader].compactMap(\.hello.connectionID)
            #expect(tags == Dictionary(uniqueKeysWithValues: ids.map { ($0, "acme") }))
            for tab in [forged, without] { try await tab.client.send("ping") }
        }
    }

    @Test func `an app names it in its answer, and shows tags from their scope on`() async throws {
        let app = TinyApp { request in
            let scope = request.headers["cookie"] ?? "counts"
            return .status(200, #"{"scope":"\#(scope)","tag":"acme"}"#)
        }
        defer { app.stop() }
        for isOn in [true, false] {
            let configuration = Configuration.testing {
                ($0.authorizeURL, $0.tagAnswer) = (app.url, isOn)
                $0.adminToken = Secret(RunningServer.adminToken)
            }
            try await RunningServer.run(configuration) { server in
                let tab = try await server.open("?v=old", headers: ["Cookie: counts"])
                try await tab.client.send(#"{"type":"subscribe-stats"}"#)
                #expect(try await tab.client.message().type == "stats")
                let id = tab.hello.connectionID ?? ""
                for (scope, isShown) in [("connections", false), ("tags", true), ("ips", true)] {
                    let viewer = try await server.open("?observer=1", headers: ["Cookie: \(scope)"]).client
                    try await viewer.send(#"{"type":"subscribe-stats"}"#)
                    #expect(try await viewer.message().rows[id]?.tag == (isShown && isOn ? "acme" : nil))
                }
                _ = try await server.administer("/admin/release", #"{"version":"new"}"#)
                let answer = try await server.request(
                    "GET", "/__skew/admin/rollout", headers: ["Authorization: Bearer \(RunningServer.adminToken)"])
                #expect(answer?.body.contains(#""tags":{"acme":1}"#) == isOn)
            }
        }
    }

    @Test(arguments: [
        ("--tag-header", "x-a", "--tag-header needs --trusted-proxies"), ("--tag-claim", "a", "--tag-claim needs --jwt-secret"),
        ("--tag-answer", "true", "--tag-answer needs --authorize-url"),
    ])
    func `who asks for what cannot be is told`(flag: String, value: String, sentence: String) {
        #expect {
            try Configuration.load(arguments: [flag, value], environment: [:])
        } throws: {
            "\($0)".contains(sentence)
        }
    }
}
