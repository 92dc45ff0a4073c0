/// What libwebsockets does otherwise than this server needs, and what is done about it: all of it in one list.
///
/// The versions are those in whose source the cause was read or whose package was run: 4.1.6 (Debian 12), 4.3.5 (Debian 13) and the
/// tags up to 4.5.8. A newer one is taken to need everything until somebody has looked. What only costs speed (the sorted list of
/// timers, the size of receive buffers) is said in ``ContextSettings``.
package struct LibraryWorkaround: Sendable {
    /// Where it is done: a type or a function of this target.
    package let place: String
    /// What libwebsockets does.
    package let reason: String
    /// The newest version that is known to need it; nil where all of them do.
    package let lastNeeded: LibraryVersion?
    /// The name of the test that fails without it.
    package let test: String

    /// Whether this version needs it.
    package func isNeeded(by version: LibraryVersion) -> Bool { lastNeeded.map { version <= $0 } ?? true }

    /// Closes a context's event descriptor twice: left out where it is not needed, since the number that is held for the second close would
    /// never be given back.
    package static let eventPipe = LibraryWorkaround(
        place: "EventPipe", reason: "closes the descriptor that wakes its loop twice when a context ends",
        lastNeeded: LibraryVersion(4, 1, 99), test: "a loop that stops takes nobody else's descriptor along")

    /// Leaves it open, where libuv is the loop: left out where it is not needed, too.
    package static let leftEventPipe = LibraryWorkaround(
        place: "EventPipe.closeIfLeft", reason: "leaves the descriptor that wakes its loop open when a context ends",
        lastNeeded: LibraryVersion(4, 3, 99), test: "after a stop with open connections every descriptor is given back")

    /// Every entry, by the way of a connection: arrival, head, messages, end.
    package static let all = [
        LibraryWorkaround(
            place: "Listener", reason: "its own accept spins and floods the log when descriptors run out",
            lastNeeded: nil, test: "without descriptors connections are shed, the loop does not spin, and one line says so"),
        LibraryWorkaround(
            place: "RawHead", reason: "its header table hides bare line feeds, folds and a second header of a name",
            lastNeeded: nil, test: "a folded line, and a bare line feed, is refused with 400"),
        LibraryWorkaround(
            place: "Exchange", reason: "answers a target in absolute form and an unknown upgrade with 403",
            lastNeeded: nil, test: "targets in absolute form, unknown upgrades and any query are answered like others"),
        LibraryWorkaround(
            place: "PlainHandshake", reason: "takes beginnings of words for words, and keeps 126 bytes of an offer",
            lastNeeded: nil, test: "a handshake that libwebsockets could not read is read all the same"),
        LibraryWorkaround(
            place: "Exchange", reason: "hangs for ever on a POST behind a kept-alive request",
            lastNeeded: nil, test: "two requests in one segment are answered once, and the loop goes on"),
        LibraryWorkaround(
            place: "Handshake", reason: "checks less of a handshake than RFC 6455 asks for, and upgrades to h2c",
            lastNeeded: nil, test: "an upgrade to something else is passed over"),
        LibraryWorkaround(
            place: "ContextSettings.choose", reason: "refuses who offers only subprotocols that it does not know",
            lastNeeded: nil, test: "of the subprotocols that are offered one is chosen, since browsers need an answer"),
        LibraryWorkaround(
            place: "ContextSettings.renewCertificate", reason: "leaves half of a pair that does not fit in force",
            lastNeeded: nil, test: "a pair that can't be used leaves the former certificate in force"),
        LibraryWorkaround(
            place: "UTF8Validation", reason: "its own check takes pongs for text and cuts innocent peers off",
            lastNeeded: nil, test: "damaged text fails at once, not at its end"),
        LibraryWorkaround(
            place: "WebSocketLoop.peerCloses", reason: "takes close frames whose payload breaks RFC 6455",
            lastNeeded: nil, test: "an offence is closed with its code, and others do not notice"),
        LibraryWorkaround(
            place: "WebSocketLoop.judgePings", reason: "does not report pongs without a payload",
            lastNeeded: nil, test: "a pong without the payload shows that its sender is there"),
        LibraryWorkaround(
            place: "EdgeWatch", reason: "never reads the socket of a stream again, and spins when it is closed",
            lastNeeded: nil, test: "a peer that goes, or talks, leaves the counts at once and costs nothing more"),
        eventPipe, leftEventPipe,
    ]
}
