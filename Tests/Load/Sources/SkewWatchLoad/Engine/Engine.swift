import Glibc

/// All sockets of the run: one thread, one epoll, connections as ids. It knows frames and handshakes and nothing of statistics.
final class Engine {
    /// What happened in a turn.
    enum Event {
        /// The handshake is done; it took this many nanoseconds from the call of `connect`.
        case opened(ConnectionID, handshake: Int64)
        /// A text message or an event came, read at that time.
        case message(ConnectionID, [UInt8], at: Int64)
        case ended(ConnectionID, Ending)
    }

    /// How the sockets are made and how long they may take.
    struct Settings {
        /// Addresses that connections come from, in turn; empty: the system chooses.
        var sources: [UInt32] = []
        /// Nanoseconds.
        var handshakeTimeout: Int64 = 30_000_000_000
        /// Nanoseconds.
        var closeTimeout: Int64 = 10_000_000_000
        /// Whether frames are masked with zero: allowed, and cheaper for us.
        var masksWithZero = false
    }

    private let settings: Settings
    private var random: SeededRandom
    private var poller = Poller()
    private let buffer = ReadBuffer()
    private var connections: [Connection] = []
    private var free: [Int] = []
    private var ready: [Poller.Ready] = []
    private var events: [Event] = []
    private var handshakesDue = DueQueue()
    private var closesDue = DueQueue()
    private var nextSource = 0

    /// Messages and body bytes that came so far, all connections together.
    private(set) var messages = 0
    private(set) var bytes = 0
    /// Connections whose handshake is under way.
    private(set) var pending = 0

    init(_ settings: Settings, random: SeededRandom) {
        self.settings = settings
        self.random = random
    }

    /// Begins a connection. Its end, soon or late, is always told as an event.
    func open(
        _ request: Handshake.Request, to address: Address, attention: Connection.Attention, receiveBuffer: Int32? = nil
    ) -> ConnectionID {
        let id = place()
        let handshake = Handshake(random: (0..<2).flatMap { _ in randomBytes() })
        connections[id.slot].startedAt = Clock.now
        connections[id.slot].attention = attention
        connections[id.slot].request = handshake.bytes(request)
        connections[id.slot].head = AnswerHead(transport: request.transport, key: handshake.key)
        connections[id.slot].frames = FrameParser(keepsText: attention != .none)
        connections[id.slot].isStream = request.transport == .eventStream
        connections[id.slot].phase = .connecting
        pending += 1
        connect(id, to: address, receiveBuffer)
        return id
    }

    /// Sends a text message; does nothing where the connection is not open.
    func send(_ text: [UInt8], on id: ConnectionID) {
        guard isCurrent(id), connections[id.slot].phase == .open, !connections[id.slot].isStream else { return }
        write(.text, text, id)
    }

    /// Closes as a tab does that goes away: with a close frame, waiting for the server's.
    func close(_ id: ConnectionID) {
        guard isCurrent(id) else { return }
        guard connections[id.slot].phase == .open, !connections[id.slot].isStream else { return end(id, .bySelf) }
        write(.close, FrameWriter.closePayload(1001), id)
        guard isCurrent(id) else { return }
        connections[id.slot].phase = .closing
        poller.change(connections[id.slot].socket, token: id.token, .readable)
        closesDue.add(id, due: Clock.now + settings.closeTimeout)
    }

    /// Ends at once with a reset, as a crashed browser does.
    func abort(_ id: ConnectionID) {
        guard isCurrent(id) else { return }
        Socket.resetsOnClose(connections[id.slot].socket)
        end(id, .bySelf)
    }

    /// Stops or resumes reading from a connection.
    func setReading(_ reads: Bool, on id: ConnectionID) {
        guard isCurrent(id), connections[id.slot].phase == .open else { return }
        poller.change(connections[id.slot].socket, token: id.token, reads ? .readable : [])
    }

    /// Waits until something happens, at most until `latest`, and gives what happened.
    func turn(until latest: Int64) -> [Event] {
        let now = Clock.now
        let wait = events.isEmpty ? min(max(0, latest - now + 999_999), 100_000_000) : 0
        ready.removeAll(keepingCapacity: true)
        poller.wait(milliseconds: Int32(wait / 1_000_000), &ready)
        for entry in ready { handle(entry) }
        expire(at: Clock.now)
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    // The three ways in: a descriptor is ready, time is over, bytes came.

    private func handle(_ entry: Poller.Ready) {
        let id = ConnectionID(token: entry.token)
        guard isCurrent(id) else { return }
        if connections[id.slot].phase == .connecting { return finishConnect(id) }
        if entry.isWritable { flush(id) }
        if entry.isReadable, isCurrent(id) { read(id) }
    }

    private func expire(at now: Int64) {
        while let id = handshakesDue.take(at: now) {
            guard isCurrent(id) else { continue }
            let phase = connections[id.slot].phase
            if phase == .connecting || phase == .handshaking { end(id, .handshakeTimeout) }
        }
        while let id = closesDue.take(at: now) {
            if isCurrent(id), connections[id.slot].phase == .closing { end(id, .closeUnanswered) }
        }
    }

    private func read(_ id: ConnectionID) {
        while isCurrent(id) {
            switch buffer.receive(from: connections[id.slot].socket) {
            case .nothingYet: return
            case .failed: return end(id, connections[id.slot].phase == .closing ? .bySelf : .reset)
            case .ended: return end(id, endingAtEnd(of: id))
            case .bytes(let count):
                let now = Clock.now
                buffer.withBytes(count) { take($0, id, now) }
                if count < ReadBuffer.size { return }
            }
        }
    }

    private func endingAtEnd(of id: ConnectionID) -> Ending {
        if connections[id.slot].phase == .closing { return .bySelf }
        if let code = connections[id.slot].closeCode { return .closedByServer(code: code) }
        return .dropped
    }

    private func take(_ bytes: Span<UInt8>, _ id: ConnectionID, _ now: Int64) {
        var position = 0
        if connections[id.slot].phase == .handshaking {
            guard let rest = takeHead(bytes, id, now) else { return }
            position = rest
        }
        self.bytes += bytes.count - position
        if connections[id.slot].isStream {
            while let data = connections[id.slot].stream?.next(bytes, &position) { tell(data, id, now) }
            return
        }
        while isCurrent(id), let event = connections[id.slot].frames.next(bytes, &position) { handle(event, id, now) }
    }

    private func takeHead(_ bytes: Span<UInt8>, _ id: ConnectionID, _ now: Int64) -> Int? {
        switch connections[id.slot].head?.take(bytes) {
        case nil, .incomplete: return nil
        case .refused(.status(let status)):
            end(id, .refused(status: status))
            return nil
        case .refused(.malformed(let sentence)):
            end(id, .malformed(sentence))
            return nil
        case .accepted(let rest, let isChunked):
            connections[id.slot].head = nil
            connections[id.slot].phase = .open
            pending -= 1
            if connections[id.slot].isStream { connections[id.slot].stream = EventStreamParser(isChunked: isChunked) }
            events.append(.opened(id, handshake: now - connections[id.slot].startedAt))
            return rest
        }
    }

    private func handle(_ event: FrameParser.Event, _ id: ConnectionID, _ now: Int64) {
        switch event {
        case .text(let text): tell(text, id, now)
        case .binary, .pong: messages += 1
        case .ping(let payload): if connections[id.slot].phase == .open { write(.pong, payload, id) }
        case .close(let code):
            connections[id.slot].closeCode = .some(code)
            if connections[id.slot].phase == .open { write(.close, code.map(FrameWriter.closePayload) ?? [], id) }
        case .fault(let fault): end(id, .fault(fault))
        }
    }

    private func tell(_ text: [UInt8], _ id: ConnectionID, _ now: Int64) {
        messages += 1
        switch connections[id.slot].attention {
        case .none: return
        case .all: break
        case .first:
            connections[id.slot].attention = .none
            connections[id.slot].frames.keepsText = false
        }
        events.append(.message(id, text, at: now))
    }

    // Making, writing and ending a socket.

    private func place() -> ConnectionID {
        let slot = free.popLast() ?? connections.count
        if slot == connections.count { connections.append(Connection()) }
        let use = connections[slot].use &+ 1
        connections[slot] = Connection()
        connections[slot].use = use
        return ConnectionID(slot: slot, use: use)
    }

    private func connect(_ id: ConnectionID, to address: Address, _ receiveBuffer: Int32?) {
        let source = settings.sources.isEmpty ? nil : settings.sources[nextSource % settings.sources.count]
        nextSource += 1
        do throws(Socket.Fault) {
            let socket = try Socket.connect(to: address, from: source, receiveBuffer: receiveBuffer)
            connections[id.slot].socket = socket
            handshakesDue.add(id, due: connections[id.slot].startedAt + settings.handshakeTimeout)
            poller.add(socket, token: id.token, .writable)
        } catch {
            end(id, .connectFailed(error.code))
        }
    }

    private func finishConnect(_ id: ConnectionID) {
        let socket = connections[id.slot].socket
        let fault = Socket.outcome(of: socket)
        guard fault == 0 else { return end(id, .connectFailed(fault)) }
        connections[id.slot].phase = .handshaking
        poller.change(socket, token: id.token, .readable)
        let request = connections[id.slot].request
        connections[id.slot].request = []
        write(request, id)
    }

    private func write(_ opcode: FrameWriter.Opcode, _ payload: [UInt8], _ id: ConnectionID) {
        var frame: [UInt8] = []
        frame.reserveCapacity(payload.count + 14)
        FrameWriter.append(opcode, payload, key: settings.masksWithZero ? 0 : UInt32.random(in: 1...UInt32.max, using: &random), to: &frame)
        write(frame, id)
    }

    private func write(_ bytes: [UInt8], _ id: ConnectionID) {
        guard connections[id.slot].unsent.isEmpty else {
            connections[id.slot].unsent += bytes
            return
        }
        let socket = connections[id.slot].socket
        let sent = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if sent == bytes.count { return }
        guard sent >= 0 || errno == EAGAIN else { return end(id, .reset) }
        connections[id.slot].unsent = Array(bytes.dropFirst(max(0, sent)))
        poller.change(socket, token: id.token, [.readable, .writable])
    }

    private func flush(_ id: ConnectionID) {
        let bytes = connections[id.slot].unsent
        connections[id.slot].unsent = []
        if !bytes.isEmpty { write(bytes, id) }
        if isCurrent(id), connections[id.slot].unsent.isEmpty { poller.change(connections[id.slot].socket, token: id.token, .readable) }
    }

    private func end(_ id: ConnectionID, _ ending: Ending) {
        let phase = connections[id.slot].phase
        if phase == .connecting || phase == .handshaking { pending -= 1 }
        if connections[id.slot].socket >= 0 { Glibc.close(connections[id.slot].socket) }
        connections[id.slot] = Connection(phase: .free, use: connections[id.slot].use)
        free.append(id.slot)
        events.append(.ended(id, ending))
    }

    private func isCurrent(_ id: ConnectionID) -> Bool {
        connections[id.slot].use == id.use && connections[id.slot].phase != .free
    }

    private func randomBytes() -> [UInt8] {
        let number = random.next()
        return (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
    }
}
