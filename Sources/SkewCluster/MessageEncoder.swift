/// Writes messages as parts of at most 64 KiB.
package struct MessageEncoder: Sendable {
    private let instance: InstanceID
    private var number: UInt64 = 0

    /// - Parameter instance: the sender of all messages it writes.
    package init(of instance: InstanceID) {
        self.instance = instance
    }

    /// The parts of one message, to be sent in this order.
    /// - Parameter reserving: bytes that something else, such as an authentication code, adds to each part.
    package mutating func encode(_ body: ClusterMessage.Body, reserving: Int = 0) -> [[UInt8]] {
        let (kind, content) = Self.content(of: body)
        let share = MessageFormat.maxPartBytes - MessageFormat.maxHeadBytes - reserving
        let count = max(1, (content.count + share - 1) / share)
        defer { number += 1 }
        return (0..<count).map { part in
            var writer = ByteWriter()
            writer.raw(MessageFormat.magic)
            writer.byte(MessageFormat.schema)
            writer.byte(kind.rawValue)
            writer.instance(instance)
            writer.number(number)
            writer.number(part)
            writer.number(count)
            writer.raw(content[min(content.count, part * share)..<min(content.count, (part + 1) * share)])
            return writer.bytes
        }
    }

    private static func content(of body: ClusterMessage.Body) -> (MessageFormat.Kind, [UInt8]) {
        var writer = ByteWriter()
        switch body {
        case .heartbeat(let heartbeat):
            write(heartbeat, to: &writer)
            return (.heartbeat, writer.bytes)
        case .delta(let delta, let transit):
            write(delta.section, delta.sequence, delta.entries, transit, to: &writer)
            writer.field(MessageFormat.Tag.age) { $0.milliseconds(delta.age) }
            return (.delta, writer.bytes)
        case .snapshot(let snapshot, let transit, let isSettled):
            write(snapshot.section, snapshot.sequence, snapshot.entries, transit, to: &writer)
            if isSettled { writer.field(MessageFormat.Tag.isSettled) { _ in } }
            return (.snapshot, writer.bytes)
        case .leave(let transit):
            write(transit, to: &writer)
            return (.leave, writer.bytes)
        case .note(let number, let bytes):
            writer.field(MessageFormat.Tag.number) { $0.number(number) }
            writer.field(MessageFormat.Tag.content) { $0.raw(bytes) }
            return (.note, writer.bytes)
        case .claims(let number, let claims):
            ClaimFormat.write(number, claims, to: &writer)
            return (.claims, writer.bytes)
        case .answer(let answer):
            ClaimFormat.write(answer, to: &writer)
            return (.answer, writer.bytes)
        }
    }

    private static func write(
        _ section: Section, _ sequence: UInt64, _ entries: [SectionEntry], _ transit: [TransitEntry], to writer: inout ByteWriter
    ) {
        writer.field(MessageFormat.Tag.section) {
            $0.byte(section.rawValue)
            $0.number(sequence)
        }
        if !entries.isEmpty {
            writer.field(MessageFormat.Tag.entries) { writer in
                for entry in entries {
                    writer.number(UInt64(entry.id) << 2 | (entry.name == nil ? 0 : 1) | (entry.opens == 0 ? 0 : 2))
                    if let name = entry.name { writer.text(name) }
                    writer.number(entry.count)
                    if entry.opens != 0 { writer.number(entry.opens) }
                }
            }
        }
        write(transit, to: &writer)
    }

    private static func write(_ transit: [TransitEntry], to writer: inout ByteWriter) {
        guard !transit.isEmpty else { return }
        writer.field(MessageFormat.Tag.transit) { writer in
            for entry in transit {
                writer.instance(entry.id.instance)
                writer.number(UInt64(entry.id.number))
                writer.text(entry.version)
                writer.text(entry.route)
                writer.milliseconds(entry.due)
            }
        }
    }

    private static func write(_ heartbeat: Heartbeat, to writer: inout ByteWriter) {
        typealias Tag = MessageFormat.Tag
        writer.field(Tag.label) { $0.text(heartbeat.label) }
        writer.field(Tag.software) { $0.text(heartbeat.software) }
        writer.field(Tag.basePath) { $0.text(heartbeat.basePath) }
        writer.field(Tag.state) { $0.byte(heartbeat.state.rawValue) }
        writer.field(Tag.uptime) { $0.number(UInt64(max(0, heartbeat.uptime.wholeMicroseconds))) }
        if !heartbeat.wants.isEmpty { writer.field(Tag.wants) { $0.byte(heartbeat.wants.rawValue) } }
        writer.field(Tag.marks) { writer in
            for mark in heartbeat.marks {
                writer.byte(mark.section.rawValue)
                writer.number(mark.sequence)
                writer.word(mark.digest)
            }
        }
        if heartbeat.isEmpty { writer.field(Tag.isEmpty) { _ in } }
        if !heartbeat.hears.isEmpty {
            writer.field(Tag.hears) { writer in
                for mark in heartbeat.hears {
                    for shift in [0, 8, 16, 24] { writer.byte(UInt8(truncatingIfNeeded: mark >> UInt32(shift))) }
                }
            }
        }
        if !heartbeat.misses.isEmpty {
            writer.field(Tag.misses) { writer in
                for silence in heartbeat.misses {
                    writer.instance(silence.instance)
                    writer.milliseconds(silence.lasting)
                }
            }
        }
        if !heartbeat.asks.isEmpty {
            writer.field(Tag.asks) { writer in
                for question in heartbeat.asks {
                    writer.instance(question.instance)
                    writer.byte(question.section.rawValue)
                }
            }
        }
        writer.field(Tag.release) { writer in
            writer.number(heartbeat.release.count)
            writer.instance(heartbeat.release.instance)
            writer.raw(heartbeat.release.value)
        }
        if !heartbeat.revocations.isEmpty {
            writer.field(Tag.revocations) { writer in
                for revocation in heartbeat.revocations {
                    writer.word(revocation.id)
                    writer.text(revocation.target)
                    writer.milliseconds(revocation.remaining)
                }
            }
        }
        for order in heartbeat.orders { writer.field(Tag.orders) { write(order, to: &$0) } }
        // Beside the orders: a node of a release that knows no remarks passes them over.
        for order in heartbeat.orders where !order.control.value.remark.isEmpty {
            writer.field(Tag.remarks) { writer in
                writer.number(order.number)
                writer.raw(order.control.value.remark)
            }
        }
        if !heartbeat.progress.isEmpty {
            writer.field(Tag.progress) { writer in
                for progress in heartbeat.progress {
                    writer.number(progress.number)
                    writer.number(progress.controlCount)
                    writer.number(UInt64(progress.controlMark))
                    for count in [progress.matching, progress.told, progress.gone] { writer.number(count) }
                    writer.byte(progress.isDone ? 1 : 0)
                }
            }
        }
    }

    private static func write(_ order: Order, to writer: inout ByteWriter) {
        writer.number(order.number)
        writer.milliseconds(order.remaining)
        writer.number(order.control.count)
        writer.instance(order.control.instance)
        writer.byte(order.control.value.isStopped ? 1 : 0)
        writer.number(order.control.value.rate ?? 0)
        writer.number(order.release.count)
        writer.raw(order.release)
        writer.raw(order.content)
    }
}
