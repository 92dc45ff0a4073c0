/// Reads messages of other nodes, part by part. What it is handed may come from anybody who can publish.
package struct MessageDecoder: Sendable {
    /// What a part was.
    package enum Outcome: Sendable, Equatable {
        /// The last part of a message.
        case message(ClusterMessage)
        /// Others of its parts are still missing.
        case incomplete
        /// It is in a schema that this release does not read.
        case foreign(InstanceID)
    }

    private struct Pending {
        var number: UInt64
        var next: Int
        var count: Int
        var body: [UInt8]
    }

    private var pending: [InstanceID: Pending] = [:]

    package init() {}

    /// Takes one part. The parts of a message come in order; one that is missed takes the others along.
    package mutating func decode(_ bytes: [UInt8]) throws(MessageError) -> Outcome {
        guard bytes.count <= MessageFormat.maxPartBytes else { throw .size }
        var reader = ByteReader(bytes[...])
        guard try reader.raw(2).elementsEqual(MessageFormat.magic) else { throw .magic }
        let schema = try reader.byte()
        let code = try reader.byte()
        let sender = try reader.instance()
        guard MessageFormat.readable.contains(schema) else { return .foreign(sender) }
        guard let kind = MessageFormat.Kind(rawValue: code) else { throw .value }
        let number = try reader.number()
        let part = try reader.count(upTo: MessageFormat.maxMessageBytes / 1024)
        let count = try reader.count(upTo: MessageFormat.maxMessageBytes / 1024)
        guard part < count else { throw .value }
        if count == 1 { return .message(try Self.message(kind, from: sender, reader.rest)) }
        guard let body = try assemble(part, of: count, number, from: sender, reader.rest) else { return .incomplete }
        return .message(try Self.message(kind, from: sender, body[...]))
    }

    /// Forgets the parts that came from nodes that are gone.
    package mutating func keep(only instances: Set<InstanceID>) { pending = pending.filter { instances.contains($0.key) } }

    private mutating func assemble(
        _ part: Int, of count: Int, _ number: UInt64, from sender: InstanceID, _ share: ArraySlice<UInt8>
    ) throws(MessageError) -> [UInt8]? {
        var message = pending.removeValue(forKey: sender) ?? Pending(number: number, next: 0, count: count, body: [])
        if part == 0 { message = Pending(number: number, next: 0, count: count, body: []) }
        guard message.number == number, message.next == part, message.count == count,
            message.body.count + share.count <= MessageFormat.maxMessageBytes
        else { throw .size }
        message.body += share
        message.next += 1
        if message.next == count { return message.body }
        guard pending.count < PeerTable.maxNodes else { throw .size }
        pending[sender] = message
        return nil
    }

    // MARK: Bodies

    private static func message(
        _ kind: MessageFormat.Kind, from sender: InstanceID, _ bytes: ArraySlice<UInt8>
    ) throws(MessageError) -> ClusterMessage {
        let body: ClusterMessage.Body
        switch kind {
        case .heartbeat: body = .heartbeat(try HeartbeatReader.read(bytes))
        case .delta:
            let part = try SectionPart(bytes)
            let delta = SectionDelta(
                section: try part.section(), sequence: part.sequence, age: max(.zero, part.age), entries: part.entries)
            body = .delta(delta, transit: part.transit)
        case .snapshot:
            let part = try SectionPart(bytes)
            let snapshot = SectionSnapshot(section: try part.section(), sequence: part.sequence, entries: part.entries)
            body = .snapshot(snapshot, transit: part.transit, isSettled: part.isSettled)
        case .leave: body = .leave(transit: try SectionPart(bytes).transit)
        case .note: body = try note(bytes)
        case .claims: body = try ClaimFormat.claims(bytes)
        case .answer: body = .answer(try ClaimFormat.answer(bytes))
        }
        return ClusterMessage(sender: sender, body: body)
    }

    private static func note(_ bytes: ArraySlice<UInt8>) throws(MessageError) -> ClusterMessage.Body {
        var reader = ByteReader(bytes)
        var (number, content): (UInt64?, [UInt8]?)
        while !reader.isAtEnd {
            var (tag, field) = try reader.field()
            switch tag {
            case MessageFormat.Tag.number: number = try field.number()
            case MessageFormat.Tag.content: content = Array(field.rest)
            default: break
            }
        }
        guard let number, let content else { throw .missing }
        guard content.count <= MessageFormat.maxNoteBytes else { throw .size }
        return .note(number: number, content)
    }
}

/// The fields of a delta, a snapshot or a leave.
private struct SectionPart {
    private var declaredSection: Section?
    var sequence: UInt64 = 0
    var age = Duration.zero
    var entries: [SectionEntry] = []
    var transit: [TransitEntry] = []
    var isSettled = false

    init(_ bytes: ArraySlice<UInt8>) throws(MessageError) {
        var reader = ByteReader(bytes)
        while !reader.isAtEnd {
            var (tag, content) = try reader.field()
            switch tag {
            case MessageFormat.Tag.section:
                guard let section = Section(rawValue: try content.byte()) else { throw .value }
                declaredSection = section
                sequence = try content.number()
            case MessageFormat.Tag.age: age = try content.milliseconds()
            case MessageFormat.Tag.entries:
                let longest = declaredSection?.maxNameBytes ?? MessageFormat.maxNameBytes
                while !content.isAtEnd { entries.append(try Self.entry(&content, longest)) }
            case MessageFormat.Tag.transit: while !content.isAtEnd { transit.append(try Self.moved(&content)) }
            case MessageFormat.Tag.isSettled: isSettled = true
            default: break
            }
        }
    }

    func section() throws(MessageError) -> Section {
        guard let declaredSection else { throw .missing }
        return declaredSection
    }

    private static func entry(_ reader: inout ByteReader, _ longest: Int) throws(MessageError) -> SectionEntry {
        let head = try reader.number()
        guard let id = UInt32(exactly: head >> 2) else { throw .value }
        let name = head & 1 == 0 ? nil : try reader.text(upTo: longest)
        // What a node says of itself may be wrong by any amount; it must not overflow a sum here.
        let count = try reader.count(upTo: Int(UInt32.max))
        let opens = head & 2 == 0 ? 0 : try reader.count(upTo: Int(Int32.max) << 16)
        return SectionEntry(id: id, name: name, count: count, opens: opens)
    }

    private static func moved(_ reader: inout ByteReader) throws(MessageError) -> TransitEntry {
        let instance = try reader.instance()
        guard let number = UInt32(exactly: try reader.number()) else { throw .value }
        let version = try reader.text(upTo: MessageFormat.maxNameBytes)
        let route = try reader.text(upTo: MessageFormat.maxNameBytes)
        let due = try reader.milliseconds()
        // Nobody is told to come back later than in a minute.
        guard due < .seconds(60) else { throw .value }
        return TransitEntry(id: TransitID(instance: instance, number: number), version: version, route: route, due: due)
    }
}
