import Foundation
import TestSockets
import Testing

/// The built command, as a shell sees it.
@Suite(.timeLimit(.minutes(1))) struct BinaryTests {
    private func start(_ arguments: [String]) throws -> Child {
        try Child(Child.products.appending(path: "skewwatch"), arguments)
    }

    /// The port that the start line names.
    private func port(of child: Child) async throws -> Int {
        while true {
            let line = try await child.errorLine()
            if line.isEmpty { throw SocketFault.ended }
            if let match = line.firstMatch(of: /127\.0\.0\.1:(\d+)/), let port = Int(match.1) { return port }
        }
    }

    private let quiet = ["--host", "127.0.0.1", "--port", "0", "--internal-port", "-1", "--loops", "1"]

    @Test(arguments: [
        ["--port", "x"], ["--bogus"], ["stray"], ["--debounce", "5"], ["--tls-cert", "/nowhere"], ["--port", "1", "--port", "2"],
        ["--config", "/nowhere.json"], ["--max-wait", "1ms"],
    ])
    func `a wrong setting is one sentence and exit 78`(arguments: [String]) async throws {
        let outcome = try await start(["serve"] + arguments).outcome()
        #expect(outcome.status == 78 && outcome.output.isEmpty)
        #expect(outcome.errors.split(separator: "\n").count == 1 && outcome.errors.hasSuffix(".\n"), "\(outcome.errors)")
    }

    @Test func `version, help and check answer on standard output`() async throws {
        let version = try await start(["version"]).outcome()
        #expect(version.status == 0 && version.output.hasPrefix("skewwatch "))
        let help = try await start(["--help"]).outcome()
        #expect(help.status == 0 && help.output.contains("USAGE: skewwatch") && help.errors.isEmpty)
        let check = try await start(["check", "--port", "0"]).outcome()
        #expect(check.status == 0 && check.output.hasPrefix("ok\n"))
        #expect(try await start(["check", "--port", "x"]).outcome().status == 78)
    }

    @Test func `a port in use, the public or the internal one, is one sentence and exit 1`() async throws {
        // Without SO_REUSEPORT, which a second server of the same user would share.
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        _ = unsafe inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = unsafe bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            _ = unsafe bind(descriptor, pointer, length)
            _ = listen(descriptor, 1)
            _ = unsafe getsockname(descriptor, pointer, &length)
        }
        let port = Int(UInt16(bigEndian: address.sin_port))
        for (outer, inner) in [("\(port)", "-1"), ("0", "\(port)")] {
            let outcome = try await start(["serve", "--host", "127.0.0.1", "--port", outer, "--internal-port", inner]).outcome()
            #expect(outcome.status == 1)
            #expect(outcome.errors.split(separator: "\n").count == 1 && outcome.errors.contains("\(port)"), "\(outcome.errors)")
        }
    }

    @Test func `SIGTERM ends the server with 0 and closes its sockets with 1012`() async throws {
        let child = try start(["serve"] + quiet)
        let client = try await WebSocketClient(port: try await port(of: child), path: "/__skew/ws")
        child.signal(SIGTERM)
        #expect(try await client.closeCode() == 1012)
        try await client.sendClose(1012)
        let outcome = try await child.outcome()
        #expect(outcome.status == 0 && !outcome.wasKilled)
    }

    @Test func `a second SIGTERM ends it at once`() async throws {
        let child = try start(["serve"] + quiet)
        // It never answers the close, so the server waits for it.
        let client = try await WebSocketClient(port: try await port(of: child), path: "/__skew/ws")
        child.signal(SIGTERM)
        _ = try await client.closeCode()
        child.signal(SIGTERM)
        #expect(try await child.outcome().status == 143)
    }
}
