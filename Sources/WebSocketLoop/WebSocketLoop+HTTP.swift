internal import CLibuv
internal import CLibwebsockets
internal import CLinux
internal import Glibc

/// The body of a request, as far as it has come.
struct RequestBody {
    let limit: Int
    let withoutAnswerBody: Bool
    var bytes: [UInt8] = []
    /// The head of the answer has gone out already: only a body can follow.
    var hasAnswerHead = false
}

/// Plain HTTP/1.1 requests and streams of events, as libwebsockets brings them: through TLS. Others are served by the door.
extension WebSocketLoop {
    /// Bytes of headers that a request may have; beyond twice that libwebsockets hangs up by itself.
    static let maxHeaderBytes = RawHead.maxPlainBytes

    // MARK: Requests

    func httpRequest(_ wsi: OpaquePointer, _ index: Int) -> Int32 {
        table[index].ending.become(.request)
        let head = unsafe RequestHead(borrowing: wsi)
        do throws(RequestFault) {
            try Self.checkFraming(of: head)
            return unsafe carryOut(try outcome(of: head, index), wsi, index, head)
        } catch {
            return unsafe answer(wsi, index, hooks.response(error), head: head)
        }
    }

    private func outcome(of head: borrowing RequestHead, _ index: Int) throws(RequestFault) -> RequestOutcome {
        guard let requests else { throw .nothingHere }
        let outcome = requests.outcome(of: head, from: table.socket(at: index))
        if case .readBody(let limit) = outcome, head.bodyLength ?? 0 > limit { throw .bodyTooLarge }
        return outcome
    }

    private func carryOut(_ outcome: RequestOutcome, _ wsi: OpaquePointer, _ index: Int, _ head: borrowing RequestHead) -> Int32 {
        switch outcome {
        case .respond(let response):
            return unsafe answer(wsi, index, response, head: head)
        case .readBody(let limit):
            bodies[index] = RequestBody(limit: limit, withoutAnswerBody: head.method == .head)
            // A request that names no length has no body (RFC 9112, section 6.3), but libwebsockets would wait for one.
            return head.count(.contentLength) == 0 ? unsafe bodyComplete(wsi, index) : 0
        case .stream(let headers, let prelude):
            return unsafe openStream(wsi, index, head, headers, prelude)
        case .later:
            if head.bodyLength != 0 { return -1 }
            bodies[index] = RequestBody(limit: 0, withoutAnswerBody: head.method == .head)
            unsafe lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0)
            return 0
        }
    }

    /// What makes the borders of a request doubtful: two lengths, a length that is no number, chunks (which libwebsockets does not
    /// take apart), no Host or two of them (RFC 9112, sections 3.2 and 6.3), control characters.
    private static func checkFraming(of head: borrowing RequestHead) throws(RequestFault) {
        guard head.knownHeaderBytes <= maxHeaderBytes else { throw .headerTooLarge }
        guard !head.hasControlCharacters else { throw .controlCharacter }
        guard head.count(.transferEncoding) == 0 else { throw .chunked }
        guard head.count(.contentLength) <= 1, head.count(.contentLength) == 0 || head.bodyLength != nil else { throw .doubtfulLength }
        guard head.count(.host) == 1 || head.count(.host) == 0 && !head.isHTTP11 else { throw .hostNeeded }
    }

    func bodyPiece(_ wsi: OpaquePointer, _ index: Int, _ piece: UnsafeRawBufferPointer) -> Int32 {
        guard let body = bodies[index], body.bytes.count + piece.count <= body.limit else { return -1 }
        unsafe bodies[index]?.bytes.append(contentsOf: piece)
        return 0
    }

    func bodyComplete(_ wsi: OpaquePointer, _ index: Int) -> Int32 {
        guard let body = bodies[index], let requests else { return -1 }
        switch requests.outcome(ofBody: body.bytes, from: table.socket(at: index)) {
        case .respond(let response):
            bodies[index] = nil
            settle(index)
            return unsafe write(response, wsi, withoutBody: body.withoutAnswerBody)
        case .later:
            bodies[index]?.bytes = []
            return 0
        case .readBody, .stream: preconditionFailure("a body is answered, now or later")
        }
    }

    /// Answers a request whose outcome was `later`. A connection that is gone is not answered.
    package func respond(to socket: SocketID, with response: HTTPResponse) {
        guard let index = table.index(of: socket), table[index].ending.phase == .request, !door.answer(index, response),
            let body = bodies.removeValue(forKey: index), let wsi = unsafe table[index].wsi
        else { return }
        settle(index)
        if body.hasAnswerHead {
            let bytes = body.withoutAnswerBody ? [] : response.body
            _ = unsafe withHeadroom(bytes) { unsafe lws_write(wsi, $0, bytes.count, LWS_WRITE_HTTP) }
        } else {
            _ = unsafe write(response, wsi, withoutBody: body.withoutAnswerBody)
        }
        end(index, .answered)
    }

    /// Sends a blank to who waits for an answer whose outcome was `later`, so that proxies keep the connection. The first one brings the
    /// head of the answer along, which is a 200 then, whatever the answer will be: JSON may have blanks in front.
    package func keepWaiting(_ socket: SocketID, headers: [(name: String, value: String)]) {
        guard let index = table.index(of: socket), table[index].ending.phase == .request, !door.keepWaiting(index, headers: headers),
            let wsi = unsafe table[index].wsi, let body = bodies[index], !body.withoutAnswerBody
        else { return }
        let head = body.hasAnswerHead ? [] : HTTPResponse(status: 200, headers: headers).encodedOpenHead
        bodies[index]?.hasAnswerHead = true
        let bytes = head + [UInt8(ascii: " ")]
        _ = unsafe withHeadroom(bytes) { unsafe lws_write(wsi, $0, bytes.count, LWS_WRITE_HTTP) }
    }

    /// Answers at once, from within the callback that brought the request.
    func answer(_ wsi: OpaquePointer, _ index: Int, _ response: HTTPResponse, head: borrowing RequestHead) -> Int32 {
        leaveHandshake(index, for: .request)
        return unsafe write(response, wsi, withoutBody: head.method == .head)
    }

    /// Writes an answer and ends its connection: one request per connection.
    ///
    /// A connection that is kept would let a peer hang the loop (libwebsockets 4.1 to 4.5): `lws_http_action` empties the list of bytes
    /// that were read ahead to find a body, takes the head of a POST that lies there for that body, and never comes back.
    /// - Returns: -1, which tells libwebsockets to send what is left and to hang up.
    private func write(_ response: HTTPResponse, _ wsi: OpaquePointer, withoutBody: Bool) -> Int32 {
        let bytes = response.encoded(withoutBody: withoutBody)
        _ = unsafe withHeadroom(bytes) { unsafe lws_write(wsi, $0, bytes.count, LWS_WRITE_HTTP_HEADERS) }
        if options.tls == nil { SocketOptions.uncork(unsafe lws_get_socket_fd(wsi)) }
        return -1
    }

    // MARK: Streams

    private func openStream(
        _ wsi: OpaquePointer, _ index: Int, _ head: borrowing RequestHead, _ headers: [(name: String, value: String)],
        _ prelude: [UInt8]
    ) -> Int32 {
        let bytes = Self.headOfStream(headers) + prelude
        guard unsafe withHeadroom(bytes, { unsafe lws_write(wsi, $0, bytes.count, LWS_WRITE_HTTP_HEADERS) }) >= 0 else { return -1 }
        settle(index)
        guard unsafe watch.add(lws_get_socket_fd(wsi), table.socket(at: index)) else { return -1 }
        unsafe becomeStream(index, lws_get_socket_fd(wsi))
        unsafe lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0)
        webSockets?.opened(table.socket(at: index), over: .eventStream, head)
        // With the timeout above this is what `lws_http_mark_sse` does, without the error it logs for each stream that is not HTTP/2:
        // the header table is given back.
        _ = unsafe lws_http_headers_detach(wsi)
        return 0
    }

    /// What a stream begins with.
    static func headOfStream(_ headers: [(name: String, value: String)]) -> [UInt8] {
        var text = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        return Array((text + "Connection: close\r\n\r\n").utf8)
    }

    /// The connection is a stream from now on.
    func becomeStream(_ index: Int, _ descriptor: Int32) {
        // A peer that vanishes without a word acknowledges nothing any more: the kernel ends the connection for it, in the time that a
        // WebSocket has for its pong, where it would go on for a quarter of an hour.
        setUserTimeout(descriptor, options.pongTimeout)
        table[index].ending.become(.stream)
        deadlines.set(.keepalive, index, due: now + Self.ticks(options.keepaliveInterval))
    }

    /// Hands one event to the kernel: `data: `, the bytes, an empty line. JSON has no line end inside.
    func writeEvent(_ index: Int, _ item: Outbox.Item) -> Outbox.Item? {
        switch item {
        case .message(let bytes, _):
            let event = Self.eventStart + bytes + Self.eventEnd
            _ = unsafe withHeadroom(event) { unsafe put(index, $0, event.count) }
            return nil
        case .shared(let payload):
            return writeEvent(index, .fragments(of: payload, offset: 0, tail: []))
        case .fragments(let body, var offset, let tail):
            if offset == 0 { _ = unsafe withHeadroom(Self.eventStart) { unsafe put(index, $0, Self.eventStart.count, hasMore: true) } }
            while offset < body.count {
                let count = min(ContextSettings.fragmentBytes, body.count - offset)
                let written = unsafe body.withBytes(from: offset) { unsafe put(index, $0, count, hasMore: true) }
                if written < 0 { return nil }
                sentBytes += count
                offset += count
                if isBlocked(index) { return .fragments(of: body, offset: offset, tail: tail) }
            }
            let end = tail + Self.eventEnd
            _ = unsafe withHeadroom(end) { unsafe put(index, $0, end.count) }
            return nil
        }
    }

    private static let eventStart = Array("data: ".utf8)
    private static let eventEnd = Array("\n\n".utf8)

    /// Something happened on a stream's socket: the peer closed, or sends what nobody asked for. Both end it.
    /// - Parameter hasHungUp: whether nothing more can come; in order where TCP has no error, which is how a page leaves a stream.
    func stirred(_ socket: SocketID, hasHungUp: Bool) {
        guard let index = table.index(of: socket), table[index].ending.phase == .stream, let descriptor = descriptor(of: index) else {
            return
        }
        switch pendingError(of: descriptor) {
        case 0 where hasHungUp: end(index, .givenUp(.closedByPeer))
        case ETIMEDOUT: end(index, .givenUp(outboxes[index] == nil ? .pongTimeout : .slowConsumer))
        default: end(index, .givenUp(.connectionLost))
        }
    }
}

/// Lets the kernel give a connection up whose peer acknowledges nothing for so long while something is under way to it.
private func setUserTimeout(_ descriptor: Int32, _ timeout: Duration) {
    var milliseconds = UInt32(clamping: Int(timeout / .milliseconds(1)))
    _ = unsafe setsockopt(
        descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, socklen_t(MemoryLayout<UInt32>.size))
}

/// Why the kernel ended a connection; 0 where it did not. Asking takes it back.
private func pendingError(of descriptor: Int32) -> Int32 {
    var number: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    _ = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
    return number
}
