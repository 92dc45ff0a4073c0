import Foundation
import TestRedis
import TestSockets
import Testing

@testable import SkewCluster

/// What only Redis can do to a node.
@Suite struct RedisBusTests {
    private func bus(_ url: String, caFile: String? = nil) throws -> RedisBus {
        RedisBus(try #require(RedisLocation(url)), namespace: "test", caFile: caFile)
    }

    @Test func `a wrong password and a missing one are told as such`() async throws {
        let server = try await RedisServer(["--requirepass", "right"])
        #expect(try bus("redis://:right@127.0.0.1:\(server.port)").check() == nil)
        #expect(try bus("redis://:wrong@127.0.0.1:\(server.port)").check() == .login)
        #expect(try bus("redis://127.0.0.1:\(server.port)").check() == .login)
    }

    @Test func `a user with the least rights is enough, and one with fewer is told`() async throws {
        let server = try await RedisServer()
        _ = try await server.command(
            "ACL", "SETUSER", "web", "on", ">pw", "resetkeys", "resetchannels", "&{skewwatch:test:*", "-@all", "+publish", "+subscribe",
            "+unsubscribe", "+ping", "+auth")
        #expect(try bus("redis://web:pw@127.0.0.1:\(server.port)").check() == nil)
        _ = try await server.command("ACL", "SETUSER", "bare", "on", ">pw", "resetchannels", "&other:*", "-@all", "+subscribe", "+auth")
        #expect(try bus("redis://bare:pw@127.0.0.1:\(server.port)").check() == .notAllowed)
    }

    @Test func `nobody there, and a name that nobody has`() throws {
        #expect(try bus("redis://127.0.0.1:1").check() == .notConnected)
        #expect(try bus("redis://nobody.invalid").check() == .notResolved)
        #expect(try bus("unix:///nowhere/redis.sock").check() == .notConnected)
    }

    @Test func `a replica is refused`() async throws {
        let master = try await RedisServer()
        let replica = try await RedisServer(["--replicaof", "127.0.0.1", String(master.port)])
        #expect(try bus("redis://127.0.0.1:\(replica.port)").check() == .replica)
    }

    @Test func `a sentinel that is asked names the master`() async throws {
        let master = try await RedisServer()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sentinel-\(UUID().uuidString.prefix(8)).conf")
        try "sentinel monitor app 127.0.0.1 \(master.port) 1\n".write(to: folder, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: folder) }
        let sentinel = try await RedisServer(sentinel: folder.path)
        #expect(try bus("redis+sentinel://127.0.0.1:1,127.0.0.1:\(sentinel.port)/app").check() == nil)
        #expect(try bus("redis+sentinel://127.0.0.1:\(sentinel.port)/other").check() == .noMaster)
    }

    @Test func `TLS is verified, by a file of authorities or the system's`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = (folder.appendingPathComponent("c.pem").path, folder.appendingPathComponent("k.pem").path)
        let made = try await Child.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ])
        #expect(made.status == 0)
        let server = try await RedisServer([
            "--tls-port", "0", "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate,
            "--tls-auth-clients", "no",
        ])
        let port = try RedisServer.freePort()
        _ = try await server.command("CONFIG", "SET", "tls-port", String(port))
        #expect(try bus("rediss://127.0.0.1:\(port)", caFile: certificate).check() == nil)
        #expect(try bus("rediss://127.0.0.1:\(port)").check() == .notTrusted)
        #expect(try bus("rediss://127.0.0.1:\(server.port)", caFile: certificate).check() != nil, "no TLS there")
        let listener = BusListener(try bus("rediss://127.0.0.1:\(port)", caFile: certificate))
        try await listener.connected()
        let parts = (0..<40).map { [UInt8](repeating: UInt8($0), count: 60_000) }
        listener.bus.publish(parts, on: .all)
        try await listener.wait { _ in listener.received.count == 40 }
        #expect(listener.received == parts)
        await listener.bus.close()
    }

    @Test func `what others say one after the other is told together`() async throws {
        let server = try await RedisServer()
        let url = "redis://127.0.0.1:\(server.port)"
        let (speaker, listener) = (BusListener(try bus(url)), BusListener(try bus(url)))
        for bus in [speaker, listener] { try await bus.connected() }
        listener.forget()
        let start = ContinuousClock.now
        for number in 0..<50 {
            speaker.bus.publish([[UInt8]](repeating: [UInt8(number)], count: 10), on: .all)
            try await Task.sleep(for: .milliseconds(10))
        }
        try await listener.wait { $0.count == 500 }
        // So much is looked at every 90 ms.
        let mostTellings = 3 + Int((ContinuousClock.now - start) / .milliseconds(90))
        #expect(listener.count <= mostTellings)
        for bus in [speaker, listener] { await bus.bus.close() }
    }

    @Test func `a Redis that stops is noticed, also when nobody says anything`() async throws {
        let server = try await RedisServer()
        let listener = BusListener(try bus("redis://127.0.0.1:\(server.port)"))
        try await listener.connected()
        server.stop()
        defer { server.resume() }
        try await listener.wait { $0.contains(.lost(.silent)) }
        await listener.bus.close()
    }

    @Test func `what a Redis that has stopped does not take is dropped, and bounded`() async throws {
        let server = try await RedisServer()
        let listener = BusListener(try bus("redis://127.0.0.1:\(server.port)"))
        try await listener.connected()
        server.stop()
        for _ in 0..<400 { listener.bus.publish([[UInt8](repeating: 1, count: 60_000)], on: .all) }
        try await listener.wait { $0.contains(.lost(.overflow)) }
        server.resume()
        try await listener.wait { $0.last == .connected }
        await listener.bus.close()
    }

    @Test(arguments: ["hello\r\n", "$9999999999\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n", "+OK\r\n+OK\r\n+OK\r\n"])
    func `who does not speak as Redis does is let go`(_ answer: String) async throws {
        let server = try TinyTCP(answer: answer)
        #expect(try bus("redis://127.0.0.1:\(server.port)").check() == .malformed)
    }
}
