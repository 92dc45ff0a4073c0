import Foundation
import TestSockets
import Testing

@Suite struct HealthCommandTests {
    @Test func `a server that answers is healthy`() throws {
        let server = try ServingCommand(["--base-path", "/pro/__skew"])
        let end = try RunningCommand(
            "health", "--host", "127.0.0.1", "--base-path", "/pro/__skew", "--internal-port", "-1",
            environment: ["SKEWWATCH_PORT": server.port]
        ).finish()
        #expect(end == (0, "ok\n", ""))
        server.stop()
    }

    @Test func `a server that is full of tabs is healthy`() async throws {
        let server = try ServingCommand(["--max-connections", "1", "--internal-port", "0"])
        let tab = try await WebSocketClient(port: try #require(Int(server.port)), path: "/__skew/ws")
        let end = try RunningCommand("health", "--port", server.port, "--internal-port", server.internalPort).finish()
        #expect(end == (0, "ok\n", ""))
        let full = try RunningCommand("health", "--port", server.port, "--internal-port", "-1").finish()
        #expect(full.status == 1 && full.errors.contains("answered 503"))
        await tab.hangUp()
        server.stop()
    }

    @Test func `a server on all addresses is asked on loopback`() throws {
        let server = try ServingCommand()
        let end = try RunningCommand("health", "--port", server.port, "--internal-port", "-1").finish()
        #expect(end == (0, "ok\n", ""))
        server.stop()
    }

    @Test func `a certificate for the public name is good enough on this machine`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("skewwatch-health-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = (folder.path + "/certificate.pem", folder.path + "/key.pem")
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "1", "-subj", "/CN=app.example",
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        let server = try ServingCommand(["--tls-cert", certificate, "--tls-key", key])
        let end = try RunningCommand("health", "--port", server.port, "--internal-port", "-1", "--tls-cert", certificate, "--tls-key", key)
            .finish()
        #expect(end == (0, "ok\n", ""))
        server.stop()
    }

    @Test func `no answer is one sentence and exit 1`() throws {
        let end = try RunningCommand("health", "--internal-port", "1").finish()
        #expect(end == (1, "", "skewwatch: There is no answer from http://127.0.0.1:1/live: no connection can be made.\n"))
    }

    @Test func `an answer of something else is one sentence and exit 1`() throws {
        let server = try ServingCommand()
        let end = try RunningCommand("health", "--port", server.port, "--internal-port", "-1", "--base-path", "/elsewhere").finish()
        #expect(end.status == 1 && end.output.isEmpty)
        #expect(end.errors.hasSuffix("/elsewhere/health answered 404: that is no SkewWatch, or another base path.\n"))
        server.stop()
    }

    @Test func `wrong settings, and a port that only the server knows, are exit 78`() throws {
        #expect(try RunningCommand("health", "--port", "abc").finish().status == 78)
        #expect(try RunningCommand("health", "--internal-port", "0").finish().status == 78)
        #expect(try RunningCommand("health", "--port", "0", "--internal-port", "-1").finish().status == 78)
    }
}
