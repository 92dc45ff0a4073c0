import TestRandom
import Testing

@testable import WebSocketLoop

@Suite struct EndingTests {
    typealias Row = (Ending.Event, Ending.Notice, Ending.Action, Ending.Phase)

    private func ending(in phase: Ending.Phase) -> Ending {
        var ending = Ending()
        ending.become(phase)
        return ending
    }

    /// Checks the rows, and that every event that no row names changes nothing.
    private func check(_ phase: Ending.Phase, _ rows: [Row]) {
        for event in Self.events {
            var ending = ending(in: phase)
            let (notice, action) = ending.take(event)
            let row = rows.first { $0.0 == event } ?? (event, .nobody, .nothing, event == .abandoned ? .ended : phase)
            #expect(notice == row.1 && action == row.2 && ending.phase == row.3, "\(event) while \(phase)")
        }
    }

    private static let events: [Ending.Event] = [
        .handlerCloses(.goingAway), .givenUp(.pongTimeout), .givenUp(.slowConsumer), .ruleBroken(.messageTooBig), .peerCloses, .writable,
        .overdue, .answered, .lost, .abandoned,
    ]

    @Test func `a handshake ends when its time is up`() {
        check(.handshake, [(.overdue, .nobody, .hangUp, .handshake)])
    }

    @Test func `a request ends with its answer or its time, and its handler hears of it when TCP ends`() {
        check(
            .request,
            [
                (.answered, .nobody, .hangUp, .request), (.overdue, .nobody, .hangUp, .request), (.lost, .requestEnded, .nothing, .ended),
            ])
    }

    @Test func `an open WebSocket`() {
        check(
            .webSocket,
            [
                (.handlerCloses(.goingAway), .nobody, .awaitWritable, .closing(.goingAway)),
                (.givenUp(.pongTimeout), .connectionClosed(.pongTimeout), .hangUp, .ended),
                (.givenUp(.slowConsumer), .connectionClosed(.slowConsumer), .awaitWritable, .closing(.policyViolation)),
                (.ruleBroken(.messageTooBig), .connectionClosed(.messageTooBig), .fail(.messageTooBig), .failed),
                (.peerCloses, .connectionClosed(.closedByPeer), .nothing, .closed),
                (.lost, .connectionClosed(.connectionLost), .nothing, .ended),
            ])
    }

    @Test func `an open stream has no close code to send`() {
        check(
            .stream,
            [
                (.handlerCloses(.goingAway), .nobody, .hangUp, .ended),
                (.givenUp(.pongTimeout), .connectionClosed(.pongTimeout), .hangUp, .ended),
                (.givenUp(.slowConsumer), .connectionClosed(.slowConsumer), .hangUp, .ended),
                (.ruleBroken(.messageTooBig), .connectionClosed(.messageTooBig), .hangUp, .ended),
                (.lost, .connectionClosed(.connectionLost), .nothing, .ended),
            ])
    }

    @Test func `a WebSocket that this side closes gets its code once, and is hung up on when the answer does not come`() {
        check(
            .closing(.serviceRestart),
            [
                (.writable, .nobody, .sendClose(.serviceRestart), .closed),
                (.overdue, .nobody, .hangUp, .closing(.serviceRestart)),
                (.peerCloses, .nobody, .nothing, .closed),
                (.ruleBroken(.messageTooBig), .nobody, .fail(.messageTooBig), .failed),
            ])
        check(
            .closed,
            [(.overdue, .nobody, .hangUp, .closed), (.ruleBroken(.messageTooBig), .nobody, .fail(.messageTooBig), .failed)])
    }

    @Test func `one that broke a rule is hung up on behind the close frame`() {
        check(
            .failed,
            [
                (.writable, .nobody, .hangUp, .failed), (.overdue, .nobody, .hangUp, .failed),
                (.ruleBroken(.messageTooBig), .nobody, .fail(.messageTooBig), .failed),
            ])
    }

    @Test func `what has ended stays ended`() {
        check(.ended, [])
    }

    @Test(arguments: Seeds.some(200)) func `in every order of events the handler hears once at most, and a code goes out once at most`(
        seed: UInt64
    ) {
        var random = SeededGenerator(seed: seed)
        for opened in [Ending.Phase.webSocket, .stream, .request] {
            var ending = ending(in: opened)
            var notices: [Ending.Notice] = []
            var codes = 0
            var isClosedByHandler = false
            for _ in 0..<12 {
                let event = Self.events.randomElement(using: &random)!
                let wasOpen = ending.isOpen
                let (notice, action) = ending.take(event)
                if notice != .nobody { notices.append(notice) }
                if case .sendClose = action { codes += 1 }
                if case .handlerCloses = event, wasOpen { isClosedByHandler = true }
                // It is never open again, and one that stops being open says how.
                #expect(wasOpen || !ending.isOpen)
                if wasOpen, !ending.isOpen, event != .abandoned, !isClosedByHandler { #expect(notice != .nobody, "\(event), seed \(seed)") }
            }
            #expect(notices.count <= 1 && codes <= 1, "seed \(seed)")
            if isClosedByHandler { #expect(notices.isEmpty, "seed \(seed)") }
        }
    }
}
