import Foundation
import TestSockets
import Testing
import WebSocketLoop

@Suite(.timeLimit(.minutes(1))) struct LoopLimitTests {
    @Test func `an address that takes all places for handshakes loses its oldest to the newest`() async throws {
        var options = LoopOptions()
        options.maxPendingHandshakes = 2
        try await LoopProbe.run(options) { probe, events in
            let silent = [try RawSocket(port: probe.port), try RawSocket(port: probe.port)]
            // Who says nothing at all is not handed over by the kernel.
            for socket in silent { try socket.write([UInt8(ascii: "G")]) }
            while await probe.openConnections < 2 { try Task.checkCancellation() }
            let third = try RawSocket(port: probe.port)
            try third.write(WebSocketClient.handshake(path: "/"))
            #expect(try await String(decoding: third.receive(), as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
            await events.wait(for: .notice(.refused(.crowdedOut)))
            #expect(try await silent[0].receive().isEmpty)
            #expect(try await !silent[1].hears(within: 100))
        }
    }

    @Test func `connections over the budget are answered with 503, and let in when one has left`() async throws {
        try await LoopProbe.run(limit: 2) { probe, events in
            let first = try await WebSocketClient(port: probe.port)
            let second = try await WebSocketClient(port: probe.port)
            let answer = try await HTTPAnswer.to("GET / HTTP/1.1\r\nHost: a\r\n\r\n", port: probe.port)
            #expect(answer?.status == 503)
            #expect(answer?["Retry-After"] != nil)
            await events.wait(for: .notice(.refused(.connectionLimit)))
            await first.hangUp()
            #expect(await events.closed()?.reason == .connectionLost)
            while await probe.openConnections > 1 { try Task.checkCancellation() }
            _ = try await WebSocketClient(port: probe.port)
            await second.hangUp()
        }
    }

    @Test func `without descriptors connections are shed, the loop does not spin, and one line says so`() async throws {
        let echo = Child.products.appending(path: "WebSocketLoopEcho").path
        let child = try Child(URL(fileURLWithPath: "/bin/sh"), ["-c", "ulimit -n 40; exec \(echo)"])
        let port = try #require(Int(try await child.line().split(separator: " ").last ?? ""))
        var open: [WebSocketClient] = []
        var shed = 0
        for _ in 0..<60 {
            do {
                open.append(try await WebSocketClient(port: port))
            } catch SocketFault.ended {
                shed += 1
            }
        }
        #expect(open.count > 10 && shed > 10)
        let waiting = try (0..<10).map { _ in try RawSocket(port: port) }
        for socket in waiting { try socket.write([UInt8(ascii: "G")]) }
        for socket in waiting { #expect(try await socket.receive().isEmpty) }
        // A loop that spins does so for good; what it had to do before is over soon.
        let isQuiet = try await Patience.sees(inOneOf: 4) { _ in
            let before = try child.processorTime()
            #expect(await !open[0].hears(within: 1000))
            return try child.processorTime() - before < 20
        }
        #expect(isQuiet, "it takes more than 20 hundredths of a second in one second")
        try await open[0].send("served")
        #expect(try await open[0].text() == "served")
        for client in open.dropFirst(5) {
            try await client.sendClose(1000)
            try await client.waitForEnd()
        }
        let late = try await WebSocketClient(port: port)
        try await late.send("late")
        #expect(try await late.text() == "late")
        child.endInput()
        let outcome = try await child.outcome()
        #expect(outcome.status == 0)
        #expect(outcome.output.split(separator: "\n").count == 1, "\(outcome.output)")
    }

    @Test func `places that are kept let in as many when no descriptor is left`() async throws {
        let echo = Child.products.appending(path: "WebSocketLoopEcho").path
        let child = try Child(URL(fileURLWithPath: "/bin/sh"), ["-c", "ulimit -n 40; exec \(echo) --kept 2"])
        let ports = try await child.line().split(separator: " ").compactMap { Int($0) }
        let (port, kept) = try (#require(ports.first), #require(ports.last))
        // All descriptors go on the one port.
        let fillers = try (0..<60).map { _ in try RawSocket(port: port) }
        for filler in fillers { try filler.write([UInt8(ascii: "G")]) }
        var shed = 0
        for filler in fillers where try await filler.hears(within: 50) { shed += 1 }
        #expect(shed > 10)
        for _ in 0..<4 {
            // The places of the round before are free again when the server has seen that they are closed, which it tells nobody.
            let areLetIn = try await Patience.sees {
                let both = try (0..<2).map { _ in try RawSocket(port: kept) }
                var answers: [String] = []
                for socket in both {
                    // Who is shed is hung up on.
                    do { try socket.write(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)) } catch SocketFault.ended {}
                    answers.append(String(decoding: try await socket.receiveAll(), as: UTF8.self))
                    socket.close()
                }
                return answers.allSatisfy { $0.hasPrefix("HTTP/1.1 404 ") }
            }
            #expect(areLetIn)
        }
        for filler in fillers { filler.close() }
        child.endInput()
        #expect(try await child.outcome().status == 0)
    }

    @Test(arguments: ["::1", "::"]) func `IPv6 is served, and its wildcard takes IPv4 too`(host: String) async throws {
        try await LoopProbe.run(host: host, isEchoing: true) { probe, events in
            let client = try await WebSocketClient(port: probe.port, host: "::1")
            try await client.send("six")
            #expect(try await client.text() == "six")
            let socket = try #require(await events.opened())
            #expect(await probe.peerAddress(of: socket) == "::1")
            if host == "::" {
                let old = try await WebSocketClient(port: probe.port)
                let other = try #require(await events.opened())
                #expect(await probe.peerAddress(of: other) == "127.0.0.1")
                try await old.sendClose(1000)
            }
        }
    }

    @Test func `a port in use, and a host that is none, are told as such`() async throws {
        let first = try ListeningSockets.open(host: "127.0.0.1", port: 0, count: 2)
        #expect(throws: LoopError.addressInUse(host: "127.0.0.1", port: first.port)) {
            try ListeningSockets.open(host: "127.0.0.1", port: first.port, count: 1)
        }
        #expect(throws: LoopError.addressInUse(host: "0.0.0.0", port: first.port)) {
            try ListeningSockets.open(host: "0.0.0.0", port: first.port, count: 1)
        }
        let second = try ListeningSockets.open(host: "127.0.0.1", port: first.port, count: 2, takesOver: true)
        #expect(second.port == first.port)
        second.close(from: 0)
        first.close(from: 0)
        try ListeningSockets.open(host: "127.0.0.1", port: first.port, count: 1).close(from: 0)
        #expect(throws: LoopError.self) { try ListeningSockets.open(host: "not a host", port: 0, count: 1) }
        #expect(throws: LoopError.self) { try ListeningSockets.open(host: "203.0.113.7", port: 0, count: 1) }
    }
}
