/// Makes the two connections of a node. Waits for them, on the bus' own thread.
struct RedisDialing: Sendable {
    /// The longest that one step may take.
    private static let timeout = Duration.seconds(2)

    let location: RedisLocation
    let names: ChannelNames
    /// Certificate authorities in PEM; nil for the system's.
    let caFile: String?

    /// Dials, logs in, and returns when both can be used.
    func dial(listeningTo channels: Set<BusChannel>) throws(BusFault) -> (publishing: RedisConnection, listening: RedisConnection) {
        let endpoint = try endpoint()
        let publishing = try open(endpoint, RedisDialogue(.publishing, names))
        let listening = try open(endpoint, RedisDialogue(.listening, names, channels: channels))
        return (publishing, listening)
    }

    private func open(_ endpoint: RedisLocation.Endpoint, _ dialogue: RedisDialogue) throws(BusFault) -> RedisConnection {
        let connection = RedisConnection(try connect(endpoint), dialogue, at: MonotonicClock.now)
        try connection.say { $0.greeting(location.login) }
        try wait(for: connection) { $0.isReady }
        return connection
    }

    private func connect(_ endpoint: RedisLocation.Endpoint) throws(BusFault) -> CurlConnection {
        try CurlConnection(to: endpoint, isTLS: location.isTLS && !endpoint.isSocket, caFile: caFile, within: Self.timeout)
    }

    private func wait(for connection: RedisConnection, until isDone: (RedisDialogue) -> Bool) throws(BusFault) {
        let deadline = MonotonicClock.now + Self.timeout
        while !isDone(connection.dialogue) {
            let now = MonotonicClock.now
            guard now < deadline else { throw .timedOut }
            _ = Poll.wait(for: [(connection.descriptor, connection.isBlocked)], until: deadline)
            try connection.flush()
            _ = try connection.receive(at: MonotonicClock.now)
        }
    }

    // MARK: Sentinels

    /// The server to dial: the one of the URL, or whom the first sentinel that answers calls the master.
    private func endpoint() throws(BusFault) -> RedisLocation.Endpoint {
        switch location.target {
        case .server(let endpoint): return endpoint
        case .sentinels(let sentinels):
            var fault = BusFault.noMaster
            for sentinel in sentinels.endpoints {
                do throws(BusFault) {
                    if let master = try ask(sentinel, for: sentinels.master) { return master }
                } catch {
                    fault = error
                }
            }
            throw fault
        }
    }

    private func ask(_ sentinel: RedisLocation.Endpoint, for master: String) throws(BusFault) -> RedisLocation.Endpoint? {
        let connection = try connect(sentinel)
        var question = RESPCommand.bytes("SENTINEL", "get-master-addr-by-name", master)[...]
        var reader = RESPReader()
        let deadline = MonotonicClock.now + Self.timeout
        while MonotonicClock.now < deadline {
            if !question.isEmpty { question = question.dropFirst(try connection.send(question)) }
            while let bytes = try connection.receive() { reader.feed(bytes) }
            do throws(RESPReader.Fault) {
                if let answer = try reader.next() { return Self.endpoint(answer) }
            } catch {
                throw .malformed
            }
            _ = Poll.wait(for: [(connection.descriptor, !question.isEmpty)], until: deadline)
        }
        throw .timedOut
    }

    static func endpoint(_ answer: RESPValue) -> RedisLocation.Endpoint? {
        guard case .array(let parts) = answer, parts.count == 2, case .bulk(let host?) = parts[0], case .bulk(let digits?) = parts[1],
            let port = Int(String(decoding: digits, as: UTF8.self)), (1...65_535).contains(port), !host.isEmpty
        else { return nil }
        return .host(String(decoding: host, as: UTF8.self), port: port)
    }
}
