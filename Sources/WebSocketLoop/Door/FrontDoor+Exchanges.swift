internal import CLibuv
internal import CLinux
internal import Glibc

/// Requests that are served without libwebsockets. It answers a target in absolute form and an unknown upgrade with 403, reads bodies
/// by a list that a peer can hang it with, and never reads the socket of a stream; and a plain answer ends its connection anyway.
extension FrontDoor {
    // MARK: The request

    /// A plain request has come, or one for a stream; its head is what was looked at last.
    /// - Parameter answer: what is answered in any case, to a handshake that is refused.
    func begin(_ slot: PendingConnections.Slot, _ head: RawHead, answering answer: HTTPResponse? = nil) {
        let isWatched = isWatched(slot)
        let (socket, descriptor) = serve(slot)
        let index = socket.index
        // What is left in the kernel is the body.
        KernelBytes.drop(head.length, of: descriptor)
        exchanges[index] = Exchange(descriptor: descriptor, withoutAnswerBody: head.method == .head)
        loop.table[index].ending.become(.request)
        guard isWatched || loop.watch.add(descriptor, socket) else { return drop(index) }
        if let answer { return give(index, answer) }
        guard head.target != .asterisk else { return give(index, .serverOptions) }
        guard let requests = loop.requests else { return give(index, loop.hooks.response(.nothingHere)) }
        switch requests.outcome(of: RequestHead(seen), from: socket) {
        case .respond(let response): give(index, response)
        case .later: break
        case .readBody(let limit):
            guard head.bodyLength <= limit else { return give(index, loop.hooks.response(.bodyTooLarge)) }
            awaitBody(index, head)
        case .stream(let headers, let prelude): openStream(index, headers, prelude)
        }
    }

    private func awaitBody(_ index: Int, _ head: RawHead) {
        exchanges[index]?.awaitBody(of: head.bodyLength)
        let isAsked = seen.lastRange(of: .expect).map { unsafe seen.bytes.span.equals("100-continue", $0) } ?? false
        readBody(index)
        guard head.isHTTP11, isAsked, let exchange = exchanges[index], exchange.stage == .body, exchange.body.isEmpty else { return }
        send(index, Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        SocketOptions.uncork(exchange.descriptor)
    }

    private func readBody(_ index: Int) {
        while let exchange = exchanges[index], exchange.missing > 0 {
            let count = unsafe recv(
                exchange.descriptor, seen.buffer.baseAddress, min(exchange.missing, seen.buffer.count), Int32(MSG_DONTWAIT))
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            guard count > 0 else { return drop(index) }
            unsafe exchanges[index]?.receive(UnsafeRawBufferPointer(rebasing: seen.buffer[..<count]))
        }
        guard let body = exchanges[index]?.takeBody(), let requests = loop.requests else { return }
        switch requests.outcome(ofBody: body, from: loop.table.socket(at: index)) {
        case .respond(let response): give(index, response)
        case .later: break
        case .readBody, .stream: preconditionFailure("a body is answered, now or later")
        }
    }

    // MARK: The answer

    /// Answers a request that its handler did not answer at once.
    func answer(_ index: Int, _ response: HTTPResponse) {
        if exchanges[index]?.stage == .thinking { give(index, response) }
    }

    /// Answers, and ends the connection as soon as the peer has heard it.
    private func give(_ index: Int, _ response: HTTPResponse) {
        guard let exchange = exchanges[index] else { return }
        loop.settle(index)
        exchanges[index]?.stage = .answering
        send(index, exchange.hasAnswerHead ? response.body : response.encoded(withoutBody: exchange.withoutAnswerBody))
        finishAnswer(index)
    }

    /// Sends a blank to who waits for its answer; the first one brings the head along, as `WebSocketLoop.keepWaiting(_:headers:)` says.
    func keepWaiting(_ index: Int, headers: [(name: String, value: String)]) {
        guard let exchange = exchanges[index], exchange.stage == .thinking, !exchange.withoutAnswerBody else { return }
        let head = exchange.hasAnswerHead ? [] : HTTPResponse(status: 200, headers: headers).encodedOpenHead
        exchanges[index]?.hasAnswerHead = true
        send(index, head + [UInt8(ascii: " ")])
        SocketOptions.uncork(exchange.descriptor)
    }

    /// Goes on with an answer that the kernel did not take whole, or takes leave behind it.
    private func finishAnswer(_ index: Int) {
        guard let exchange = exchanges[index], exchange.stage == .answering else { return }
        // From here on the peer has five seconds for each step.
        loop.deadlines.set(.goodbye, index, due: loop.now + Waits.ticks(.seconds(5)))
        guard !exchange.isBlocked else { return }
        exchanges[index]?.stage = .leaving
        shutdown(exchange.descriptor, Int32(SHUT_WR))
        drain(index, exchange.descriptor)
    }

    // MARK: Streams

    private func openStream(_ index: Int, _ headers: [(name: String, value: String)], _ prelude: [UInt8]) {
        guard let descriptor = exchanges[index]?.descriptor else { return }
        loop.settle(index)
        exchanges[index]?.stage = .stream
        exchanges[index]?.isGathering = true
        send(index, WebSocketLoop.headOfStream(headers) + prelude)
        loop.becomeStream(index)
        loop.webSockets?.opened(loop.table.socket(at: index), over: .eventStream, RequestHead(seen))
        exchanges[index]?.isGathering = false
        push(index)
        SocketOptions.uncork(descriptor)
        loop.noteBlocked(index)
    }

    // MARK: Bytes

    /// Hands bytes to the kernel, and keeps what it does not take.
    /// - Parameter hasMore: whether more will follow at once, and should leave with them.
    func send(_ index: Int, _ bytes: UnsafeRawBufferPointer, hasMore: Bool = false) {
        guard let exchange = exchanges[index] else { return }
        var rest = unsafe bytes
        if !exchange.isGathering, exchange.unsent.isEmpty {
            let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL | (hasMore ? MSG_MORE : 0))
            let count = unsafe Glibc.send(exchange.descriptor, bytes.baseAddress, bytes.count, flags)
            // A connection that is lost is reported by the kernel, too.
            guard count >= 0 || errno == EAGAIN || errno == EINTR else { return }
            unsafe rest = UnsafeRawBufferPointer(rebasing: bytes[max(0, count)...])
            if unsafe !rest.isEmpty { loop.watch.change(exchange.descriptor, loop.table.socket(at: index), wantsRoom: true) }
        }
        if unsafe !rest.isEmpty { unsafe exchanges[index]?.keep(rest) }
    }

    private func send(_ index: Int, _ bytes: [UInt8]) {
        loop.sentBytes += bytes.count
        unsafe bytes.withUnsafeBytes { unsafe send(index, $0) }
    }

    /// Hands what was kept to the kernel.
    private func push(_ index: Int) {
        guard let exchange = exchanges[index], !exchange.unsent.isEmpty else { return }
        let count = unsafe exchange.unsent.withUnsafeBytes {
            unsafe Glibc.send(exchange.descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        }
        if count > 0 { exchanges[index]?.sent(count) }
        let isBlocked = exchanges[index]?.isBlocked ?? false
        if isBlocked || !exchange.isGathering {
            loop.watch.change(exchange.descriptor, loop.table.socket(at: index), wantsRoom: isBlocked)
        }
    }

    /// Something happened on the socket of a request that is served here.
    func continueExchange(at index: Int, _ event: EdgeWatch.Event) {
        guard let exchange = exchanges[index] else { return }
        switch exchange.stage {
        case .body:
            readBody(index)
            if event.hasHungUp, exchanges[index]?.stage == .body { drop(index) }
        case .thinking:
            if event.hasHungUp { return drop(index) }
            if event.hasRoom { push(index) }
        case .answering:
            if event.isBroken { return drop(index) }
            guard event.hasRoom else { return }
            push(index)
            finishAnswer(index)
        case .leaving:
            drain(index, exchange.descriptor)
        case .stream:
            if event.hasInput || event.hasHungUp { return loop.stirred(loop.table.socket(at: index), hasHungUp: event.hasHungUp) }
            guard event.hasRoom else { return }
            push(index)
            if exchanges[index]?.isBlocked == false { loop.flush(index) }
        }
    }
}
