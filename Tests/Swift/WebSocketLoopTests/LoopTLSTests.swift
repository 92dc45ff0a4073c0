import Foundation
import TestSockets
import Testing
import WebSocketLoop

@Suite(.timeLimit(.minutes(1))) struct LoopTLSTests {
    @Test func `a WebSocket opens over TLS, and ALPN offers HTTP 1.1 alone`() async throws {
        let files = try await TestCertificate()
        var options = LoopOptions()
        options.tls = (files.certificate, files.key)
        try await LoopProbe.run(options) { probe, events in
            let client = try Child(
                URL(fileURLWithPath: "/usr/bin/openssl"),
                ["s_client", "-connect", "127.0.0.1:\(probe.port)", "-alpn", "h2,http/1.1", "-ign_eof"])
            client.write(String(decoding: WebSocketClient.handshake(path: "/"), as: UTF8.self))
            let socket = try #require(await events.opened())
            await probe.close(socket, .normal)
            client.endInput()
            let outcome = try await client.outcome()
            #expect(outcome.output.contains("ALPN protocol: http/1.1"))
            #expect(outcome.output.contains("HTTP/1.1 101 "))
            let onlyH2 = try await Child.run("/usr/bin/openssl", ["s_client", "-connect", "127.0.0.1:\(probe.port)", "-alpn", "h2"])
            #expect(!onlyH2.output.contains("ALPN protocol: h2"))
        }
    }

    /// The names that the certificate bears which a new connection is shown.
    private func shownName(_ port: Int) async throws -> String? {
        let outcome = try await Child.run("/usr/bin/openssl", ["s_client", "-connect", "127.0.0.1:\(port)"])
        return outcome.output.split(separator: "\n").first { $0.hasPrefix("subject=") }.map(String.init)
    }

    @Test func `a renewed certificate is shown to new connections, and nobody is cut off`() async throws {
        let files = try await TestCertificate()
        var options = LoopOptions()
        options.tls = (files.certificate, files.key)
        try await LoopProbe.run(options) { probe, events in
            let client = try Child(
                URL(fileURLWithPath: "/usr/bin/openssl"), ["s_client", "-connect", "127.0.0.1:\(probe.port)", "-ign_eof"])
            client.write(String(decoding: WebSocketClient.handshake(path: "/"), as: UTF8.self))
            let socket = try #require(await events.opened())
            #expect(try await shownName(probe.port)?.hasSuffix("localhost") == true)
            for round in 1...3 {
                try await files.make(name: "renewed\(round)")
                try await probe.renewCertificate()
                #expect(try await shownName(probe.port)?.hasSuffix("renewed\(round)") == true)
            }
            await probe.send("still there", to: socket)
            await probe.close(socket, .normal)
            client.endInput()
            #expect(try await client.outcome().output.contains("still there"))
        }
    }

    @Test func `a pair that can't be used leaves the former certificate in force`() async throws {
        let (files, others) = (try await TestCertificate(), try await TestCertificate())
        var options = LoopOptions()
        options.tls = (files.certificate, files.key)
        try await LoopProbe.run(options) { probe, _ in
            for (file, contents) in [(files.key, try Data(contentsOf: URL(filePath: others.key))), (files.certificate, Data("x".utf8))] {
                let before = try Data(contentsOf: URL(filePath: file))
                try contents.write(to: URL(filePath: file))
                await #expect(throws: LoopError.certificateNotUsable(certificate: files.certificate, key: files.key)) {
                    try await probe.renewCertificate()
                }
                try before.write(to: URL(filePath: file))
                #expect(try await shownName(probe.port)?.hasSuffix("localhost") == true)
            }
            try FileManager.default.removeItem(atPath: files.key)
            await #expect(throws: LoopError.self) { try await probe.renewCertificate() }
            #expect(try await shownName(probe.port)?.hasSuffix("localhost") == true)
        }
    }

    @Test func `a certificate that can't be read is told as such`() async throws {
        var options = LoopOptions()
        options.tls = ("/nowhere/cert.pem", "/nowhere/key.pem")
        await #expect(throws: LoopError.certificateNotUsable(certificate: "/nowhere/cert.pem", key: "/nowhere/key.pem")) {
            try await LoopProbe.run(options) { _, _ in }
        }
    }
}
