import Glibc
import Testing

@Suite struct SignalTests {
    /// A server on free ports that has logged its first line, so that it has its signals in hand.
    private func startedServer() throws -> RunningCommand {
        let command = try RunningCommand("serve", "--host", "127.0.0.1", "--port", "0", "--internal-port", "0", "--log-format", "json")
        let first = command.nextErrors()
        #expect(first.hasPrefix("{\"time\":\""), "\(first)")
        var lines = first
        while !lines.contains("Listening.") {
            let more = command.nextErrors()
            try #require(!more.isEmpty)
            lines += more
        }
        return command
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `the first signal ends the server in order`(signal: Int32) throws {
        let command = try startedServer()
        command.send(signal)
        #expect(command.finish().status == 0)
    }

    @Test func `no thread but the first takes the signals`() throws {
        let command = try startedServer()
        let others = try command.signalsBlockedByOtherThreads()
        #expect(!others.isEmpty)
        for blocked in others {
            for signal in [SIGTERM, SIGINT, SIGHUP] { #expect(blocked & 1 << UInt64(signal - 1) != 0) }
        }
        command.send(SIGTERM)
        #expect(command.finish().status == 0)
    }

    @Test func `a hang-up is logged and ends nothing`() throws {
        let command = try startedServer()
        command.send(SIGHUP)
        var lines = ""
        while !lines.contains("SIGHUP") {
            let more = command.nextErrors()
            try #require(!more.isEmpty)
            lines += more
        }
        command.send(SIGTERM)
        #expect(command.finish().status == 0)
    }
}
