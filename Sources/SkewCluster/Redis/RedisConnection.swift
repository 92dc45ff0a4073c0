/// One connection to Redis: the bytes that wait on it, the answers that come, and whether it still lives. For one thread.
final class RedisConnection {
    /// Without a word for so long it is asked whether it is there …
    private static let quiet = Duration.seconds(2)
    /// … and without a word for so long it is not.
    private static let silence = Duration.seconds(5)
    /// More than a snapshot and a few deltas never wait unless it has stopped to take anything.
    private static let maxWaiting = 4 << 20
    private static let maxUnanswered = 10_000

    private let connection: CurlConnection
    private(set) var dialogue: RedisDialogue
    private var reader = RESPReader()
    private var waiting: [[UInt8]] = []
    /// How much of the first of them is sent.
    private var sent = 0
    private var waitingBytes = 0
    private var lastHeard: Duration
    private var lastPing: Duration
    private var lastLook: Duration
    /// It is looked at every second; a longer pause is a stall of this process, and no silence of the other side.
    private static let stall = Duration.milliseconds(1500)

    init(_ connection: CurlConnection, _ dialogue: RedisDialogue, at now: Duration) {
        self.connection = connection
        self.dialogue = dialogue
        (lastHeard, lastPing, lastLook) = (now, now, now)
    }

    var descriptor: Int32 { connection.descriptor }
    /// Whether it waits until the other side takes more.
    var isBlocked: Bool { !waiting.isEmpty }
    /// Whether all was sent and answered.
    var isIdle: Bool { waiting.isEmpty && dialogue.unanswered == 0 }

    /// Says something.
    func say(_ command: (inout RedisDialogue) -> [UInt8]) throws(BusFault) {
        let bytes = command(&dialogue)
        guard !bytes.isEmpty else { return }
        waitingBytes += bytes.count
        guard waitingBytes <= Self.maxWaiting, dialogue.unanswered <= Self.maxUnanswered else { throw .overflow }
        waiting.append(bytes)
        try flush()
    }

    /// Sends what waits, as far as it is taken.
    func flush() throws(BusFault) {
        while let first = waiting.first {
            let count = try connection.send(first[sent...])
            if count == 0 { return }
            sent += count
            waitingBytes -= count
            guard sent == first.count else { continue }
            waiting.removeFirst()
            sent = 0
        }
    }

    /// Takes what has come.
    func receive(at now: Duration) throws(BusFault) -> [RedisDialogue.Event] {
        var events: [RedisDialogue.Event] = []
        while let bytes = try connection.receive() {
            lastHeard = now
            reader.feed(bytes)
            while let value = try nextValue() {
                if let event = try dialogue.take(value) { events.append(event) }
            }
        }
        return events
    }

    private func nextValue() throws(BusFault) -> RESPValue? {
        do throws(RESPReader.Fault) {
            return try reader.next()
        } catch {
            throw .malformed
        }
    }

    /// Asks whether the other side is there where it was quiet for long.
    func look(at now: Duration) throws(BusFault) {
        if now - lastLook > Self.stall { lastHeard = min(now, lastHeard + (now - lastLook)) }
        lastLook = now
        if now - lastHeard > Self.silence { throw .silent }
        guard now - lastHeard > Self.quiet, now - lastPing > Self.quiet else { return }
        lastPing = now
        try say { $0.ping() }
    }
}
