package import Presence

/// A message to a client, statistics apart.
package enum ServerMessage: Equatable, Sendable {
    /// Always the first message. `version` is the release, nil while none is known. `secret` is the second half of the handle of an SSE
    /// stream (`<id>.<secret>`), nil on a WebSocket. The timestamp is milliseconds since 1970. `retry` says how many milliseconds to stay away
    /// when the connection was lost. `uncounted` is nil for a tab that is counted.
    case connected(
        version: String?, id: ConnectionID, secret: String?, timestampMilliseconds: Int64, retry: Int? = nil,
        uncounted: UncountedReason? = nil)
    /// The subscription is denied, or the authorization has ended.
    case statsUnauthorized
    /// A release was announced. An urgent one the page should not put off; one that comes again must not be dropped as a repeat.
    case version(String, urgent: Bool = false, again: Bool = false)
    /// SSE only: shows proxies and clients that the stream is alive. The timestamp is milliseconds since 1970.
    case keepalive(timestampMilliseconds: Int64)
    /// The answer to a ping.
    case pong

    /// Appends the message as JSON, without a line end.
    package func append(to bytes: inout [UInt8]) {
        switch self {
        case .connected(let version, let id, let secret, let timestamp, let retry, let uncounted):
            bytes.append(#"{"type":"connected""#)
            if let version {
                bytes.append(#","version":"#)
                bytes.append(jsonString: version)
            }
            bytes.append(#","connectionId":""#)
            id.append(to: &bytes)
            if let secret {
                bytes.append(UInt8(ascii: "."))
                bytes.append(jsonStringContent: secret)
            }
            bytes.append(#"","timestamp":"#)
            bytes.append(decimal: Int(timestamp))
            if let retry {
                bytes.append(#","retry":"#)
                bytes.append(decimal: retry)
            }
            if let uncounted {
                bytes.append(#","counted":false,"reason":"#)
                bytes.append(jsonString: uncounted.rawValue)
            }
            bytes.append(UInt8(ascii: "}"))
        case .statsUnauthorized:
            bytes.append(#"{"type":"stats-unauthorized"}"#)
        case .version(let version, let isUrgent, let isAgain):
            bytes.append(#"{"type":"version","version":"#)
            bytes.append(jsonString: version)
            if isUrgent { bytes.append(#","urgent":true"#) }
            if isAgain { bytes.append(#","again":true"#) }
            bytes.append(UInt8(ascii: "}"))
        case .keepalive(let timestamp):
            bytes.append(#"{"type":"keepalive","timestamp":"#)
            bytes.append(decimal: Int(timestamp))
            bytes.append(UInt8(ascii: "}"))
        case .pong:
            bytes.append(#"{"type":"pong"}"#)
        }
    }

    /// The message as JSON, in place of what `bytes` holds: room that is used again costs no allocation.
    package func encode(into bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        append(to: &bytes)
    }

    /// The message as JSON.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        // Enough for `connected` with a version of fifty bytes: growing step by step cost four allocations more.
        bytes.reserveCapacity(176)
        append(to: &bytes)
        return bytes
    }
}
