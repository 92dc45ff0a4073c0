/// The close codes this server sends (RFC 6455, section 7.4.1, and the IANA registry): a closed set.
package enum CloseCode: UInt16, Sendable, CaseIterable {
    /// The purpose of the connection is fulfilled.
    case normal = 1000
    /// The server goes away for good.
    case goingAway = 1001
    /// The peer broke RFC 6455.
    case protocolError = 1002
    /// A text message was not UTF-8.
    case invalidPayload = 1007
    /// The peer broke a rule of this server, for one the message rate.
    case policyViolation = 1008
    /// A message is longer than the limit.
    case messageTooBig = 1009
    /// The server failed.
    case internalError = 1011
    /// The server restarts: come back soon.
    case serviceRestart = 1012
    /// The server is over its limits: come back later.
    case tryAgainLater = 1013
}

/// Why a socket is gone: a closed set, each with the name that metrics use and the code that was sent, if one was.
package enum DisconnectReason: UInt8, Sendable, CaseIterable {
    /// The peer sent a close frame.
    case closedByPeer
    /// The TCP connection ended, was reset, or broke RFC 6455 in a way that libwebsockets answers by itself.
    case connectionLost
    /// No pong came in time; on a stream: the peer did not acknowledge in time what was sent.
    case pongTimeout
    /// The peer took no byte for too long while bytes waited for it, or made the server queue too much.
    case slowConsumer
    /// A message was longer than the limit.
    case messageTooBig
    /// A text message or a close reason was not UTF-8.
    case invalidPayload
    /// A close frame that RFC 6455 forbids, or a message in too many empty fragments.
    case protocolError
    /// More messages than the rate limit allows.
    case rateLimited
    /// The server asked for it.
    case closedByServer

    /// The code in the close frame that is sent for this reason; nil where none is sent.
    package var code: CloseCode? {
        switch self {
        case .closedByPeer, .connectionLost, .pongTimeout: nil
        case .slowConsumer, .rateLimited: .policyViolation
        case .messageTooBig: .messageTooBig
        case .invalidPayload: .invalidPayload
        case .protocolError: .protocolError
        case .closedByServer: .goingAway
        }
    }

    /// The name in snake case, as metrics and logs show it.
    package var name: String {
        switch self {
        case .closedByPeer: "closed_by_peer"
        case .connectionLost: "connection_lost"
        case .pongTimeout: "pong_timeout"
        case .slowConsumer: "slow_consumer"
        case .messageTooBig: "message_too_big"
        case .invalidPayload: "invalid_payload"
        case .protocolError: "protocol_error"
        case .rateLimited: "rate_limited"
        case .closedByServer: "closed_by_server"
        }
    }
}

/// Judges the payload of a close frame (RFC 6455, sections 5.5.1, 7.4 and 8.1).
///
/// libwebsockets rewrites codes that must not be on the wire to 1002 before it asks us; what is left is judged here.
/// - Returns: nil when the close may be echoed, else why the connection is failed instead.
func faultInClosePayload(_ payload: UnsafeRawBufferPointer) -> DisconnectReason? {
    if unsafe payload.isEmpty { return nil }
    guard payload.count >= 2 else { return .protocolError }
    let code = unsafe UInt16(payload[0]) << 8 | UInt16(payload[1])
    guard (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code) else {
        return .protocolError
    }
    var text = UTF8Validation()
    guard unsafe text.accept(UnsafeRawBufferPointer(rebasing: payload[2...])), text.isComplete else { return .invalidPayload }
    return nil
}
