/// One request to somebody else's HTTP server.
package struct HTTPRequest: Sendable {
    /// `http` or `https`, without a password.
    package var url: String
    /// Header lines in order. One whose name or value could break out of its line is left out.
    package var headers: [(name: String, value: String)]
    /// Sent with POST; nil makes it a GET.
    package var body: [UInt8]?
    /// For everything, from looking the name up to the last byte of the answer.
    package var timeout: Duration
    /// The longest body of an answer that is taken.
    package var maxAnswerBytes: Int
    /// Whether a server must prove its name; without that `https` only hides. False is for this machine's own server alone, whose
    /// certificate names another host.
    package var checksCertificate: Bool
    /// Path of a Unix socket that is asked, whatever the host of the URL; nil for TCP.
    package var socketPath: String?
    /// Which addresses its name may lead to.
    package var peers: Peers

    /// Addresses that a request may go to, whatever a name resolves to: a closed set.
    package enum Peers: Sendable, CaseIterable {
        case any
        /// None that only the link knows, where clouds answer with their secrets (169.254.0.0/16, fe80::/10), and none of a group.
        case notLinkLocal
        /// None of this machine itself, either.
        case notLocal
    }

    /// Makes a request.
    package init(
        url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil, timeout: Duration = .seconds(2),
        maxAnswerBytes: Int = 65_536, checksCertificate: Bool = true, socketPath: String? = nil, peers: Peers = .any
    ) {
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maxAnswerBytes = maxAnswerBytes
        self.checksCertificate = checksCertificate
        self.socketPath = socketPath
        self.peers = peers
    }

    /// The headers as lines.
    var headerLines: [String] {
        headers.compactMap { name, value in
            let isSafe = !name.isEmpty && !value.isEmpty && !(name + value).utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }
            return isSafe ? "\(name): \(value)" : nil
        }
    }
}

/// A whole answer, whatever its status. A redirect is an answer like any other: it is not followed.
package struct HTTPAnswer: Sendable, Equatable {
    package var status: Int
    /// The `Content-Type`, as it came.
    package var contentType: String?
    package var body: [UInt8]
    /// The `ETag`, as it came.
    package var tag: String?

    /// Makes an answer.
    package init(status: Int, contentType: String? = nil, body: [UInt8] = [], tag: String? = nil) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.tag = tag
    }
}

/// Why there is no answer: a closed set.
package enum HTTPFault: Error, Sendable, Equatable, CaseIterable {
    case timedOut
    case nameNotResolved
    case notConnected
    case notTrusted
    case addressRefused
    case answerTooLarge
    case broken
    case ended

    /// Words for a log, without a full stop.
    package var reason: String {
        switch self {
        case .timedOut: "it did not answer in time"
        case .nameNotResolved: "its name cannot be resolved"
        case .notConnected: "no connection can be made"
        case .notTrusted: "no TLS connection can be made, or its certificate is not trusted"
        case .addressRefused: "its name leads to this machine or to an address of the link, which it must not"
        case .answerTooLarge: "its answer is too large"
        case .broken: "it hung up or answered no HTTP"
        case .ended: "the server is ending"
        }
    }
}
