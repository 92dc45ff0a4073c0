/// Reads the fields of a heartbeat.
enum HeartbeatReader {
    static func read(_ bytes: ArraySlice<UInt8>) throws(MessageError) -> Heartbeat {
        typealias Tag = MessageFormat.Tag
        var reader = ByteReader(bytes)
        var (state, uptime, release): (Heartbeat.State?, Duration?, ControlRegister<[UInt8]>?)
        var remarks: [UInt64: [UInt8]] = [:]
        var heartbeat = Heartbeat(
            label: "", software: "", basePath: "", state: .up, uptime: .zero, wants: [], marks: [], isEmpty: false, hears: [], misses: [],
            asks: [], release: ControlRegister(initial: [], of: InstanceID(high: 0, low: 0)))
        while !reader.isAtEnd {
            var (tag, content) = try reader.field()
            switch tag {
            case Tag.label: heartbeat.label = try content.text(upTo: MessageFormat.maxLabelBytes)
            case Tag.software: heartbeat.software = try content.text(upTo: MessageFormat.maxLabelBytes)
            case Tag.basePath: heartbeat.basePath = try content.text(upTo: MessageFormat.maxNameBytes)
            case Tag.state:
                guard let value = Heartbeat.State(rawValue: try content.byte()) else { throw .value }
                state = value
            case Tag.uptime:
                let value = try content.number()
                // Ten thousand years.
                guard value < 1 << 58 else { throw .value }
                uptime = .microseconds(Int64(value))
            case Tag.wants: heartbeat.wants = Heartbeat.Wants(rawValue: try content.byte())
            case Tag.marks:
                heartbeat.marks = try list(&content, upTo: 16) { reader throws(MessageError) in try mark(&reader) }.compactMap(\.self)
            case Tag.isEmpty: heartbeat.isEmpty = true
            case Tag.hears:
                heartbeat.hears = try list(&content, upTo: PeerTable.maxNodes) { reader throws(MessageError) in
                    var value: UInt32 = 0
                    for (place, byte) in try reader.raw(4).enumerated() { value |= UInt32(byte) << UInt32(8 * place) }
                    return value
                }
            case Tag.misses:
                heartbeat.misses = try list(&content, upTo: PeerTable.maxNodes) { reader throws(MessageError) in
                    Heartbeat.Silence(instance: try reader.instance(), lasting: try reader.milliseconds())
                }
            case Tag.asks:
                heartbeat.asks = try list(&content, upTo: 4 * PeerTable.maxNodes) { reader throws(MessageError) in
                    let instance = try reader.instance()
                    // A section of a later release.
                    return Section(rawValue: try reader.byte()).map { Heartbeat.Question(instance: instance, section: $0) }
                }.compactMap(\.self)
            case Tag.release:
                let count = try content.number()
                let instance = try content.instance()
                guard content.rest.count <= MessageFormat.maxReleaseBytes, count <= ControlRegister<[UInt8]>.maxCount else { throw .value }
                release = ControlRegister(count: count, instance: instance, value: Array(content.rest))
            case Tag.revocations:
                heartbeat.revocations = try list(&content, upTo: RevocationLog.maxTold) { reader throws(MessageError) in
                    Revocation(
                        id: try reader.word(), target: try reader.text(upTo: MessageFormat.maxLabelBytes),
                        remaining: try reader.milliseconds())
                }
            case Tag.orders:
                guard heartbeat.orders.count < OrderLog.maxEntries else { throw .value }
                heartbeat.orders.append(try order(&content))
            case Tag.progress:
                heartbeat.progress = try list(&content, upTo: OrderLog.maxEntries) { reader throws(MessageError) in try progress(&reader) }
            case Tag.remarks:
                let order = try number(&content)
                guard remarks.count < OrderLog.maxEntries, content.rest.count <= MessageFormat.maxRemarkBytes else { throw .value }
                remarks[order] = Array(content.rest)
            default: break
            }
        }
        guard let state, let uptime, let release else { throw .missing }
        (heartbeat.state, heartbeat.uptime, heartbeat.release) = (state, uptime, release)
        heartbeat.orders = heartbeat.orders.map { $0.saying(remarks[$0.number] ?? []) }
        return heartbeat
    }

    private static func mark(_ reader: inout ByteReader) throws(MessageError) -> StreamMark? {
        let section = Section(rawValue: try reader.byte())
        let sequence = try reader.number()
        let digest = try reader.word()
        return section.map { StreamMark(section: $0, sequence: sequence, digest: digest) }
    }

    private static func order(_ reader: inout ByteReader) throws(MessageError) -> Order {
        let orderNumber = try number(&reader)
        let remaining = try reader.milliseconds()
        let count = try reader.number()
        let instance = try reader.instance()
        let isStopped = try reader.byte() == 1
        let rate = try reader.count(upTo: Int(UInt32.max))
        let release = Array(try reader.raw(try reader.count(upTo: MessageFormat.maxReleaseBytes)))
        guard reader.rest.count <= MessageFormat.maxOrderBytes, count <= ControlRegister<OrderControl>.maxCount else { throw .value }
        let control = ControlRegister(
            count: count, instance: instance, value: OrderControl(rate: rate == 0 ? nil : rate, isStopped: isStopped))
        return Order(number: orderNumber, content: Array(reader.rest), release: release, control: control, remaining: remaining)
    }

    private static func progress(_ reader: inout ByteReader) throws(MessageError) -> OrderProgress {
        let orderNumber = try number(&reader)
        let controlCount = try reader.number()
        let controlMark = UInt32(try reader.count(upTo: Int(UInt32.max)))
        let (matching, told) = (try reader.count(upTo: Int(UInt32.max)), try reader.count(upTo: Int(UInt32.max)))
        let gone = try reader.count(upTo: Int(UInt32.max))
        let isDone = try reader.byte() == 1
        return OrderProgress(
            number: orderNumber, matching: matching, told: told, gone: gone, isDone: isDone, controlCount: controlCount,
            controlMark: controlMark)
    }

    /// The number of an order, small enough for JSON.
    private static func number(_ reader: inout ByteReader) throws(MessageError) -> UInt64 {
        UInt64(try reader.count(upTo: 1 << 50))
    }

    private static func list<Item>(
        _ reader: inout ByteReader, upTo limit: Int, _ read: (inout ByteReader) throws(MessageError) -> Item
    ) throws(MessageError) -> [Item] {
        var items: [Item] = []
        while !reader.isAtEnd {
            guard items.count < limit else { throw .value }
            items.append(try read(&reader))
        }
        return items
    }
}

extension Order {
    /// The same with a remark on its control.
    fileprivate func saying(_ remark: [UInt8]) -> Order {
        guard !remark.isEmpty else { return self }
        var (order, value) = (self, control.value)
        value.remark = remark
        order.control = ControlRegister(count: control.count, instance: control.instance, value: value)
        return order
    }
}
