import HTTPCall
import TestFailing
import TestRandom
import Testing

@testable import SkewWatchCommand

@Suite struct WatchSessionTests {
    private var random = SeededGenerator(seed: 1)
    private static let stats = #"{"type":"stats","total":3,"versions":{"a":2,"b":1},"routes":{"/":3},"seq":7,"connections":[]}"#

    private func event(_ json: String) -> [UInt8] { Array("data: \(json)\n\n".utf8) }

    private mutating func connected(hasToken: Bool = true) -> WatchSession {
        var session = WatchSession(hasToken: hasToken)
        #expect(session.tick(at: .seconds(1), using: &random) == [.connect(attempt: 1)])
        let hello = event(#"{"type":"connected","version":"r1","connectionId":"id.secret","timestamp":1}"#)
        #expect(session.take(hello, of: 1, at: .seconds(1), using: &random) == [.subscribe(handle: "id.secret", attempt: 1)])
        return session
    }

    private mutating func live() -> WatchSession {
        var session = connected()
        #expect(session.take(event(Self.stats), of: 1, at: .seconds(1), using: &random) == [.show])
        return session
    }

    @Test mutating func `it connects, subscribes with its handle, and shows statistics and deltas`() {
        var session = live()
        let delta = #"{"type":"stats-delta","seq":8,"total":2,"versions":{"a":1,"b":null,"c":1}}"#
        #expect(session.take(event(delta), of: 1, at: .seconds(2), using: &random) == [.show])
        #expect(session.statistics?.versions == ["a": 1, "c": 1])
        #expect(session.statistics?.routes == ["/": 3])
        #expect(session.statistics?.total == 2 && session.release == "r1")
    }

    @Test mutating func `after a gap it subscribes again and believes no delta until statistics come`() {
        var session = live()
        let late = event(#"{"type":"stats-delta","seq":9,"total":9}"#)
        #expect(session.take(late, of: 1, at: .seconds(2), using: &random) == [.subscribe(handle: "id.secret", attempt: 1)])
        let next = event(#"{"type":"stats-delta","seq":8,"total":9}"#)
        #expect(session.take(next, of: 1, at: .seconds(2), using: &random) == [])
        #expect(session.statistics?.total == 3)
        #expect(session.take(event(Self.stats), of: 1, at: .seconds(2), using: &random) == [.show])
        #expect(session.state == .live)
    }

    @Test mutating func `denied is the end, with a sentence that knows whether there was a token`() throws {
        for hasToken in [true, false] {
            var session = connected(hasToken: hasToken)
            let actions = session.take(event(#"{"type":"stats-unauthorized"}"#), of: 1, at: .seconds(1), using: &random)
            guard case .fail(let sentence) = actions.first else { throw Unexpected(actions) }
            #expect(sentence.contains("--token-file") == !hasToken)
        }
    }

    @Test mutating func `a connection that never worked is not tried again`() {
        var session = WatchSession(hasToken: true)
        _ = session.tick(at: .zero, using: &random)
        #expect(
            session.streamEnded(.failure(.notConnected), of: 1, at: .zero, using: &random) == [
                .fail(sentence: HTTPFault.notConnected.reason)
            ])
    }

    @Test mutating func `a connection that worked is tried again after a wait, with the last numbers still there`() throws {
        var session = live()
        let actions = session.streamEnded(.failure(.broken), of: 1, at: .seconds(5), using: &random)
        #expect(actions == [.leave(attempt: 1, reason: HTTPFault.broken.reason)])
        guard case .waiting(let until) = session.state else { throw Unexpected(session.state) }
        #expect(until >= .seconds(5) && until <= .seconds(5) + Backoff.first)
        #expect(session.statistics?.total == 3)
        #expect(session.tick(at: until, using: &random) == [.connect(attempt: 2)])
        #expect(session.tick(at: until, using: &random) == [])
    }

    @Test mutating func `what comes late from an attempt that was given up is passed over`() {
        var session = live()
        _ = session.streamEnded(.failure(.broken), of: 1, at: .zero, using: &random)
        #expect(session.take(event(Self.stats), of: 1, at: .zero, using: &random) == [])
        _ = session.tick(at: .seconds(60), using: &random)
        #expect(session.take(event(Self.stats), of: 1, at: .seconds(60), using: &random) == [])
        #expect(session.streamEnded(.failure(.ended), of: 1, at: .seconds(60), using: &random) == [])
    }

    @Test mutating func `statistics that do not come in time are a loss`() {
        var session = connected()
        #expect(session.tick(at: .seconds(15), using: &random) == [])
        #expect(session.tick(at: .seconds(16), using: &random) == [.fail(sentence: "no statistics came in time")])
    }

    @Test mutating func `an error is told in the server's words, without what could steer a terminal`() {
        var session = connected()
        let answer = HTTPAnswer(status: 503, body: Array(#"{"error":"too \u001b[31mmany"}"#.utf8))
        let actions = session.subscriptionAnswered(.success(answer), of: 1, at: .seconds(1), using: &random)
        #expect(actions == [.fail(sentence: "it answered 503: too [31mmany")])
    }

    @Test mutating func `a page that is no stream is named as such, and broken JSON is a loss`() {
        var session = connected()
        let page = HTTPAnswer(status: 200, contentType: "text/html")
        #expect(
            session.streamEnded(.success(page), of: 1, at: .zero, using: &random)
                == [.fail(sentence: "it is no SkewWatch, or another base path")])
        var other = live()
        #expect(
            other.take(event("{"), of: 1, at: .zero, using: &random) == [.leave(attempt: 1, reason: "it sends no messages of SkewWatch")])
    }

    @Test mutating func `an announced release is shown, and keepalives and unknown messages change nothing`() {
        var session = live()
        #expect(session.take(event(#"{"type":"version","version":"r2"}"#), of: 1, at: .zero, using: &random) == [.show])
        #expect(session.release == "r2")
        #expect(session.take(event(#"{"type":"keepalive","timestamp":1}"#), of: 1, at: .zero, using: &random) == [])
        #expect(session.take(event(#"{"type":"news"}"#), of: 1, at: .zero, using: &random) == [])
    }
}
