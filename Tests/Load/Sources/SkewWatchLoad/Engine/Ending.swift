import Glibc

/// Why a connection is no more, or never was.
enum Ending: Hashable {
    case bySelf
    /// Closed by us, but the server did not answer the close in time.
    case closeUnanswered
    /// A close frame came.
    case closedByServer(code: Int?)
    /// The connection ended without a close frame.
    case dropped
    case reset
    case connectFailed(Int32)
    case refused(status: Int)
    case malformed(String)
    case handshakeTimeout
    case fault(FrameFault)

    /// Whether the load generator wanted it so.
    var isWanted: Bool { self == .bySelf }

    /// One sentence for a person.
    var sentence: String {
        switch self {
        case .bySelf: "closed by the load generator"
        case .closeUnanswered: "the server did not answer a close"
        case .closedByServer(let code): "closed by the server with \(code.map(String.init) ?? "no code")"
        case .dropped: "ended by the server without a close frame"
        case .reset: "reset by the server"
        case .connectFailed(ECONNREFUSED): "connection refused: is the server running there?"
        case .connectFailed(EMFILE): "this process has no file descriptor left"
        case .connectFailed(EADDRNOTAVAIL): "no local port left: give more --sources"
        case .connectFailed(let code): "connecting failed with errno \(code)"
        case .refused(let status): "refused with status \(status)"
        case .malformed(let sentence): sentence
        case .handshakeTimeout: "no answer to the handshake in time"
        case .fault(let fault): "protocol fault \(fault.rawValue): \(fault.sentence)"
        }
    }
}
