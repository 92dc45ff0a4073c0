import Presence
import SkewProtocol
import Testing

@testable import SkewWatch

struct WebhookValueTests {
    /// The example of the Standard Webhooks specification.
    @Test(arguments: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    func `a message is signed as the specification says`(secret: String) throws {
        let secret = try #require(WebhookSecret(secret))
        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(arguments: [
        "", "whsec_", "short", "whsec_MfKQ9r8GKYqrTwjU=PD8", "not base64 at all, is it not", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_",
    ])
    func `what is no key is none`(text: String) { #expect(WebhookSecret(text) == nil) }

    private func view(_ versions: [String: Int], release: String? = "b") -> RolloutView {
        RolloutView(total: versions.values.reduce(0, +), versions: versions, release: release, age: .seconds(100))
    }

    @Test func `a message has its type, its time, words for people and the figures`() throws {
        let message = WebhookMessage(.appeared("a"), in: view(["a": 2, "b": 3]), old: 2, moment: 1_700_000_000_000)
        let expected = """
            {"data":{"current":3,"old":2,"release":"b","tabs":2,"total":5,"version":"a"},"text":"a is open in 2 of 5 tabs.",\
            "timestamp":"2023-11-14T22:13:20Z","type":"version.appeared"}
            """
        #expect(String(decoding: message.body, as: UTF8.self) == expected)
        #expect(message.id.wholeMatch(of: /msg_[0-9a-f]{32}/) != nil)
        let nothing = WebhookMessage(.drained("a"), in: view(["c": 1], release: nil), old: nil, moment: 0)
        #expect(String(decoding: nothing.body, as: UTF8.self).contains(#""current":null,"old":null,"release":null,"tabs":0"#))
    }

    @Test func `two nodes give one event one id, and another event another one`() {
        func id(_ event: RolloutEvents.Event, _ versions: [String: Int], _ moment: Int64) -> String {
            WebhookMessage(event, in: view(versions), old: nil, moment: moment).id
        }
        let one = id(.appeared("a"), ["a": 1], 60_000_000)
        #expect(one == id(.appeared("a"), ["a": 2], 60_001_500))
        #expect(
            Set([one, id(.drained("a"), [:], 60_000_000), id(.appeared("c"), [:], 60_000_000), id(.appeared("a"), [:], 60_130_000)]).count
                == 4)
    }

    @Test func `who speaks when another one died tells what was decided since, and nothing older`() {
        func message(_ version: String) -> WebhookMessage { WebhookMessage(.appeared(version), in: view([:]), old: nil, moment: 0) }
        var unspoken = UnspokenMessages()
        let death = Duration.seconds(100)
        #expect(unspoken.take([message("before")], speaks: false, at: death - .seconds(2)).isEmpty)
        #expect(unspoken.take([message("a"), message("b")], speaks: false, at: death + .milliseconds(900)).isEmpty)
        #expect(unspoken.take([], speaks: false, at: death + .milliseconds(1900)).isEmpty)
        // The silence is noticed behind the look at 2.9 s, so that the next one tells.
        #expect(unspoken.take([message("c")], speaks: true, at: death + .milliseconds(3900)) == ["a", "b", "c"].map(message))
        #expect(unspoken.take([], speaks: true, at: death + .milliseconds(4900)).isEmpty)
        #expect(unspoken.take([message("d")], speaks: true, at: death + .milliseconds(5900)) == [message("d")])
    }

    @Test func `what nobody speaks of does not pile up`() {
        let messages = (0..<150).map { WebhookMessage(.appeared("v\($0)"), in: view([:]), old: nil, moment: 0) }
        var unspoken = UnspokenMessages()
        #expect(unspoken.take(messages, speaks: false, at: .zero).isEmpty)
        #expect(unspoken.take([], speaks: true, at: .seconds(1)) == Array(messages.suffix(100)))
    }

    @Test func `the sentences of all events read well`() {
        let versions = view(["a": 1, "b": 3])
        let texts = [RolloutEvents.Event.announced, .drained("a"), .done, .stalled].map { event in
            let body = WebhookMessage(event, in: versions, old: 1, moment: 0).body
            return JSONValue(body.span)?["text"]?.text
        }
        #expect(
            texts == [
                "b is out; 1 tab is on something else.", "Nobody has a open any more.",
                "Everybody is on b: 4 tabs, and none on anything older for a minute.",
                "1 tab is not on b, and none of them closed within an hour.",
            ])
    }

    private func message(_ number: Int) -> WebhookMessage {
        WebhookMessage(.appeared("v\(number)"), in: view(["v\(number)": 1]), old: nil, moment: 0)
    }

    @Test func `messages go in order, and one that was not taken holds up the others`() {
        var queue = WebhookQueue()
        #expect(queue.next(at: .zero) == .rest)
        queue.add(message(1))
        queue.add(message(2))
        #expect(queue.next(at: .zero) == .send(message(1)))
        #expect(queue.failed(at: .zero) == .outage)
        #expect(queue.next(at: .milliseconds(999)) == .wait(until: .seconds(1)))
        #expect(queue.next(at: .seconds(1)) == .send(message(1)))
        #expect(queue.failed(at: .seconds(1)) == nil)
        #expect(queue.next(at: .seconds(1)) == .wait(until: .seconds(3)))
        #expect(queue.delivered(message(1).id) == .recovery(failures: 2))
        #expect(queue.next(at: .seconds(1)) == .send(message(2)))
        #expect(queue.delivered(message(2).id) == nil)
        #expect(queue.next(at: .zero) == .rest && queue.isEmpty)
    }

    @Test func `pauses double up to five minutes, and begin anew after a success`() {
        var queue = WebhookQueue()
        queue.add(message(1))
        var pauses: [Int] = []
        for _ in 0..<12 {
            _ = queue.failed(at: .zero)
            if case .wait(let until) = queue.next(at: .zero) { pauses.append(Int(until / .seconds(1))) }
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
        _ = queue.delivered(message(1).id)
        queue.add(message(2))
        _ = queue.failed(at: .zero)
        #expect(queue.next(at: .zero) == .wait(until: .seconds(1)))
    }

    @Test func `of more than a hundred the oldest are dropped and counted, also while one of them is under way`() {
        var queue = WebhookQueue()
        for number in 0..<102 { queue.add(message(number)) }
        #expect(queue.waiting.count == 100 && queue.dropped == 2 && queue.next(at: .zero) == .send(message(2)))
        queue.add(message(102))
        _ = queue.delivered(message(2).id)
        #expect(queue.waiting.count == 100 && queue.next(at: .zero) == .send(message(3)))
    }

    @Test func `what was told and what waits is read back as it was written`() throws {
        var memory = WebhookMemory(.init(), waiting: [])
        #expect(WebhookMemory(text: memory.text) == memory)
        (memory.events.open, memory.events.hadOld, memory.events.isDone) = (["a", "b\"\n"], true, true)
        memory.events.release = .init(version: "b", announcedAt: 1_700_000_000_123)
        memory.waiting = [message(1), message(2)]
        #expect(WebhookMemory(text: memory.text) == memory)
        memory.events.release = .init(version: "b", announcedAt: nil)
        memory.events.isStalled = true
        #expect(WebhookMemory(text: memory.text) == memory)
        for text in ["", "{}", "[]", #"{"open":3}"#] { #expect(WebhookMemory(text: text) == nil) }
        // As the release before wrote it.
        let former = try #require(WebhookMemory(text: #"{"announcedAt":null,"hadOld":true,"isDone":false,"open":["a"],"release":"b"}"#))
        #expect(former.events.open == ["a"] && former.waiting.isEmpty && !former.events.isStalled)
    }

    @Test func `a queue goes on where an earlier process was, and another receiver is tried at once`() {
        var queue = WebhookQueue(waiting: [message(1), message(2)])
        #expect(queue.next(at: .zero) == .send(message(1)))
        _ = queue.failed(at: .zero)
        #expect(queue.next(at: .zero) == .wait(until: .seconds(1)))
        queue.retry()
        #expect(queue.next(at: .zero) == .send(message(1)))
        #expect(WebhookQueue(waiting: (0..<105).map { message($0) }).waiting.first == message(5))
    }

    @Test(arguments: [
        ("http://localhost/x", true), ("http://127.0.0.1:80/", true), ("https://[::1]:8443/x", true), ("http://127.8.8.8?x", true),
        ("http://localhost.example.com/", false), ("https://app.example.com/127.0.0.1", false), ("http://127.1/", false),
        ("http://10.0.0.1/", false),
    ])
    func `only who names this machine means it`(url: String, isLoopback: Bool) {
        #expect(WebhookReceiver.isLoopback(url) == isLoopback)
    }
}
