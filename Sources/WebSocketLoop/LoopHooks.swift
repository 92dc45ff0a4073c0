/// What a loop tells and asks its owner about itself, not about one socket. Called on the loop's thread; none may block.
package struct LoopHooks {
    /// Something an operator should know, or count.
    package var notice: (LoopNotice) -> Void
    /// A tenth of a second has passed.
    package var tick: () -> Void = {}
    /// The event that keeps a silent stream alive. One serves all streams that are due in the same tick.
    package var keepalive: () -> [UInt8] = { [] }
    /// The answer to a request that the loop refuses by itself; plain text unless set.
    package var response: (RequestFault) -> HTTPResponse = { fault in
        HTTPResponse(
            status: fault.status, headers: [("Content-Type", "text/plain; charset=utf-8")] + fault.headers,
            body: Array((fault.sentence + "\n").utf8))
    }

    package init(notice: @escaping (LoopNotice) -> Void) {
        self.notice = notice
    }
}

/// What the loop has to tell: a closed set.
package enum LoopNotice: Sendable, Equatable {
    /// A connection was turned away before a handler heard of it.
    case refused(ConnectionRefusal)
    /// File descriptors ran out; connections are shed until some are free. Said once per shortage.
    case outOfDescriptors
    /// A connection came without the header of the PROXY protocol, or from no trusted proxy. Said once for each loop.
    case noProxyHeader
    /// libwebsockets' own words, a warning or an error; printable, one line, at most 200 characters.
    case library(String)
    /// So many further lines of libwebsockets were not passed on, because more than ten came within ten seconds.
    case libraryLinesLeftOut(Int)
}

/// Why a connection was turned away before a handler heard of it.
package enum ConnectionRefusal: Sendable, Equatable {
    /// The limit of connections is reached: answered with 503.
    case connectionLimit
    /// No file descriptor was left: hung up on.
    case outOfDescriptors
    /// Its address has as many connections as it may: answered with 429.
    case addressLimit
    /// Its address opens connections faster than it may: answered with 429.
    case addressRate
    /// Its head breaks a rule: answered with what is wrong.
    case malformedHead
    /// Only trusted proxies may connect, and it is none: answered with 400.
    case noTrustedProxy
    /// It was not answered yet, and its address had the most of those: hung up on, so that others come in.
    case crowdedOut
}
