/// What is said on one connection to Redis, and what the answers mean: a value, without a socket.
///
/// A node has two: on one it publishes, and every command has one answer, in order; on the other it listens.
struct RedisDialogue: Sendable {
    enum Purpose: Sendable {
        case publishing, listening
    }

    enum Event: Sendable, Equatable {
        /// It is logged in, and listens where it is to.
        case ready
        case received([UInt8])
        case published(receivers: Int)
    }

    private enum Answer: Sendable {
        case login, role, pong
        case receivers(isCounted: Bool)
    }

    private let purpose: Purpose
    private let names: ChannelNames
    /// The answers that are still to come, the next one first.
    private var expected: [Answer] = []
    private var channels: Set<BusChannel>
    private(set) var isReady = false

    init(_ purpose: Purpose, _ names: ChannelNames, channels: Set<BusChannel> = []) {
        (self.purpose, self.names) = (purpose, names)
        self.channels = purpose == .listening ? channels.union([.all]) : []
    }

    // MARK: What is sent

    /// What is said first.
    mutating func greeting(_ login: RedisLocation.Login?) -> [UInt8] {
        var bytes: [UInt8] = []
        if let login {
            bytes += RESPCommand.bytes((["AUTH"] + [login.user].compactMap(\.self) + [login.password]).map { Array($0.utf8) })
            expected.append(.login)
        }
        switch purpose {
        case .publishing:
            bytes += RESPCommand.bytes("ROLE")
            expected.append(.role)
        case .listening: bytes += RESPCommand.bytes([Array("SUBSCRIBE".utf8)] + channels.map(names.name))
        }
        return bytes
    }

    mutating func publish(_ part: [UInt8], on channel: BusChannel) -> [UInt8] {
        expected.append(.receivers(isCounted: channel == .all))
        return RESPCommand.bytes([Array("PUBLISH".utf8), names.name(channel), part])
    }

    /// What makes it listen to these and no others; empty where it does.
    mutating func listen(to wanted: Set<BusChannel>) -> [UInt8] {
        let wanted = wanted.union([.all])
        let (new, old) = (wanted.subtracting(channels), channels.subtracting(wanted))
        channels = wanted
        var bytes: [UInt8] = []
        if !new.isEmpty { bytes += RESPCommand.bytes([Array("SUBSCRIBE".utf8)] + new.map(names.name)) }
        if !old.isEmpty { bytes += RESPCommand.bytes([Array("UNSUBSCRIBE".utf8)] + old.map(names.name)) }
        return bytes
    }

    mutating func ping() -> [UInt8] {
        if purpose == .publishing { expected.append(.pong) }
        return RESPCommand.bytes("PING")
    }

    /// How many answers are still to come.
    var unanswered: Int { expected.count }

    // MARK: What comes

    mutating func take(_ value: RESPValue) throws(BusFault) -> Event? {
        if purpose == .listening, case .array(let elements) = value { return try heard(elements) }
        guard !expected.isEmpty else {
            if case .error(let text) = value { throw Self.fault(text) }
            throw .malformed
        }
        let answer = expected.removeFirst()
        if case .error(let text) = value { return try takeError(text, to: answer) }
        switch (answer, value) {
        case (.login, .simple): return nil
        case (.role, .array(let elements)):
            guard case .bulk(let role?) = elements.first, role.elementsEqual("master".utf8) else { throw .replica }
            return ready()
        case (.pong, .simple): return nil
        case (.receivers(let isCounted), .integer(let count)): return isCounted ? .published(receivers: count) : nil
        default: throw .malformed
        }
    }

    private mutating func takeError(_ text: String, to answer: Answer) throws(BusFault) -> Event? {
        let fault = Self.fault(text)
        switch answer {
        // Some managed services do not tell. Whether all hear what is said here shows by the others' heartbeats.
        case .role where fault == .notAllowed || text.hasPrefix("ERR"): return ready()
        // A script that runs long, or a cluster that is down: it was not said, and no echo comes.
        case .receivers where fault == .busy: return nil
        case .login, .role, .pong, .receivers: throw fault
        }
    }

    private mutating func heard(_ elements: [RESPValue]) throws(BusFault) -> Event? {
        guard case .bulk(let kind?) = elements.first else { throw .malformed }
        switch String(decoding: kind, as: UTF8.self) {
        case "message":
            guard elements.count == 3, case .bulk(let part?) = elements[2] else { throw .malformed }
            return isReady ? .received(part) : nil
        case "subscribe":
            guard elements.count == 3, case .bulk(let name?) = elements[1] else { throw .malformed }
            return name == names.name(.all) ? ready() : nil
        case "unsubscribe", "pong": return nil
        default: throw .malformed
        }
    }

    private mutating func ready() -> Event? {
        defer { isReady = true }
        return isReady ? nil : .ready
    }

    private static func fault(_ text: String) -> BusFault {
        switch text.prefix(while: { $0 != " " }) {
        case "WRONGPASS", "NOAUTH": .login
        case "NOPERM": .notAllowed
        case "LOADING", "BUSY", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN", "OOM", "MISCONF": .busy
        case "READONLY": .replica
        default: text.contains("AUTH") || text.contains("password") ? .login : .busy
        }
    }
}
