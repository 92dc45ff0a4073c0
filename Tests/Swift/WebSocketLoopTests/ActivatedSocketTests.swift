import Glibc
import Testing

@testable import WebSocketLoop

/// A listening socket that a supervisor hands over.
@Suite struct ActivatedSocketTests {
    private func take(_ variables: [String: String], _ descriptor: Int32, count: Int = 2) throws -> ListeningSockets? {
        try ActivatedSocket.take(count: count, variable: { variables[$0] }, descriptor: descriptor)
    }

    @Test func `it is shared by all loops, and only taken by the process that it is for`() throws {
        let opened = try ListeningSockets.open(host: "127.0.0.1", port: 0, count: 1)
        let number = opened.descriptors[0]
        #expect(try take([:], number) == nil)
        #expect(try take(["LISTEN_FDS": "1", "LISTEN_PID": "1"], number) == nil)
        #expect(try take(["LISTEN_PID": "\(getpid())"], number) == nil)
        let taken = try #require(try take(["LISTEN_FDS": "1", "LISTEN_PID": "\(getpid())"], number))
        #expect(taken.port == opened.port && Set(taken.descriptors).count == 2)
        taken.close(from: 0)
        try ListeningSockets.open(host: "127.0.0.1", port: opened.port, count: 1).close(from: 0)
    }

    @Test func `what is no one TCP socket that listens is refused`() throws {
        let opened = try ListeningSockets.open(host: "127.0.0.1", port: 0, count: 1)
        let mine = "\(getpid())"
        #expect(throws: LoopError.activationNotUsable) { try take(["LISTEN_FDS": "2", "LISTEN_PID": mine], opened.descriptors[0]) }
        let plain = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #expect(throws: LoopError.activationNotUsable) { try take(["LISTEN_FDS": "1", "LISTEN_PID": mine], plain) }
        #expect(throws: LoopError.activationNotUsable) { try take(["LISTEN_FDS": "1", "LISTEN_PID": mine], 9999) }
        close(plain)
        opened.close(from: 0)
    }
}
