import Testing

@testable import SkewCluster

@Suite struct RedisDialogueTests {
    private static let names = ChannelNames(namespace: "app", database: 2)

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func bulk(_ text: String) -> RESPValue { .bulk(Array(text.utf8)) }

    private func publishing() throws -> RedisDialogue {
        var dialogue = RedisDialogue(.publishing, Self.names)
        _ = dialogue.greeting(nil)
        let event = try dialogue.take(.array([bulk("master"), .integer(1), .array([])]))
        #expect(event == .ready)
        return dialogue
    }

    @Test func `it logs in, asks whether this is the master, and is ready`() throws {
        var dialogue = RedisDialogue(.publishing, Self.names)
        let greeting = dialogue.greeting(.init(user: "web", password: "pass"))
        #expect(text(greeting) == "*3\r\n$4\r\nAUTH\r\n$3\r\nweb\r\n$4\r\npass\r\n*1\r\n$4\r\nROLE\r\n")
        let first = try dialogue.take(.simple("OK"))
        #expect(first == nil && !dialogue.isReady)
        let second = try dialogue.take(.array([bulk("master"), .integer(0), .array([])]))
        #expect(second == .ready && dialogue.isReady)
    }

    @Test(arguments: [
        ("WRONGPASS invalid username-password pair", BusFault.login), ("NOAUTH Authentication required.", .login),
        ("ERR Client sent AUTH, but no password is set", .login), ("LOADING Redis is loading the dataset in memory", .busy),
    ])
    func `an error says what is wrong`(_ line: String, _ fault: BusFault) {
        var dialogue = RedisDialogue(.publishing, Self.names)
        _ = dialogue.greeting(.init(user: nil, password: "pass"))
        #expect(throws: fault) { try dialogue.take(.error(line)) }
    }

    @Test func `a replica is refused`() {
        var dialogue = RedisDialogue(.publishing, Self.names)
        _ = dialogue.greeting(nil)
        #expect(throws: BusFault.replica) { try dialogue.take(.array([bulk("slave"), bulk("10.0.0.1"), .integer(6379)])) }
    }

    @Test(arguments: ["NOPERM this user has no permissions to run the 'role' command", "ERR unknown command 'ROLE'"])
    func `who may not ask for the role goes on without it`(_ line: String) throws {
        var dialogue = RedisDialogue(.publishing, Self.names)
        _ = dialogue.greeting(nil)
        let event = try dialogue.take(.error(line))
        #expect(event == .ready)
    }

    @Test func `answers come in the order of the commands, and only those of the common channel count`() throws {
        var dialogue = try publishing()
        #expect(text(dialogue.publish([1, 2], on: .all)).contains("{skewwatch:app:2}:bus"))
        _ = dialogue.publish([3], on: .routes)
        _ = dialogue.ping()
        #expect(dialogue.unanswered == 3)
        let events = try [RESPValue.integer(3), .integer(9), .simple("PONG")].map { value in try dialogue.take(value) }
        #expect(events == [.published(receivers: 3), nil, nil] && dialogue.unanswered == 0)
    }

    @Test func `a script that runs long means only that nothing was said`() throws {
        var dialogue = try publishing()
        _ = dialogue.publish([1], on: .all)
        let event = try dialogue.take(.error("BUSY Redis is busy running a script."))
        #expect(event == nil)
    }

    @Test func `what nobody asked for ends the connection`() throws {
        var dialogue = try publishing()
        #expect(throws: BusFault.malformed) { try dialogue.take(.integer(1)) }
    }

    @Test func `it listens once Redis says so, and hears what comes`() throws {
        var dialogue = RedisDialogue(.listening, Self.names)
        #expect(text(dialogue.greeting(nil)) == "*2\r\n$9\r\nSUBSCRIBE\r\n$21\r\n{skewwatch:app:2}:bus\r\n")
        let subscribed = try dialogue.take(.array([bulk("subscribe"), bulk("{skewwatch:app:2}:bus"), .integer(1)]))
        #expect(subscribed == .ready)
        let heard = try dialogue.take(.array([bulk("message"), bulk("{skewwatch:app:2}:bus"), .bulk([0, 13, 10, 255])]))
        #expect(heard == .received([0, 13, 10, 255]))
        let pong = try dialogue.take(.array([bulk("pong"), bulk("")]))
        #expect(pong == nil)
    }

    @Test func `it changes where it listens by what is new and what is old`() {
        var dialogue = RedisDialogue(.listening, Self.names, channels: [.routes])
        #expect(dialogue.listen(to: [.routes]).isEmpty)
        let change = text(dialogue.listen(to: [.node(0xAB)]))
        #expect(change.contains("SUBSCRIBE\r\n$23\r\n{skewwatch:app:2}:to:ab") && change.contains("UNSUBSCRIBE"))
    }

    @Test func `a sentinel names the master, or nobody`() {
        #expect(RedisDialing.endpoint(.array([bulk("10.0.0.7"), bulk("6380")])) == .host("10.0.0.7", port: 6380))
        #expect(RedisDialing.endpoint(.array([])) == nil && RedisDialing.endpoint(.bulk(nil)) == nil)
    }

    @Test(arguments: Array(1...8))
    func `the pause before another try grows and differs`(_ seed: UInt64) {
        var (backoff, random) = (Backoff(), Seeded(seed))
        let pauses = (0..<40).map { _ in backoff.next(using: &random) }
        #expect(pauses.prefix(10).allSatisfy { (.milliseconds(100) ... .seconds(2)).contains($0) })
        #expect(pauses.allSatisfy { $0 <= .seconds(5) } && pauses.max()! > .seconds(2) && Set(pauses).count > 20)
    }

    @Test(arguments: Array(1...8))
    func `the time that a try took in vain is no pause once more`(_ seed: UInt64) {
        var (backoff, random) = (Backoff(), Seeded(seed))
        let pauses = (0..<10).map { _ in backoff.next(after: .seconds(2), using: &random) }
        #expect(pauses == Array(repeating: .milliseconds(100), count: 10))
    }
}
