package import TestSockets

/// A tab of a running server that may ask to watch, and reads what it is told as text.
package struct Viewer: Sendable {
    package static let unauthorized = #"{"type":"stats-unauthorized"}"#
    package let socket: WebSocketClient
    package let id: String

    package func subscribe(token: String? = nil, mode: String = "snapshot") async throws {
        try await socket.send(#"{"type":"subscribe-stats","mode":"\#(mode)"\#(token.map { #","token":"\#($0)""# } ?? "")}"#)
    }

    /// The next message.
    package func next() async throws -> String { try await socket.text() }

    /// Everything up to and with `stats-unauthorized`.
    package func untilUnauthorized() async throws -> [String] {
        var messages: [String] = []
        while messages.last != Self.unauthorized { messages.append(try await next()) }
        return messages
    }
}

extension RunningServer {
    /// A tab that has read its `connected`.
    package func client(_ headers: String...) async throws -> Viewer {
        let (client, hello) = try await open(headers: headers)
        return Viewer(socket: client, id: hello.connectionID ?? "")
    }
}
