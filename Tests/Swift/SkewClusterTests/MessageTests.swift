import TestRandom
import Testing

@testable import SkewCluster

/// What lies on the bus.
@Suite struct MessageTests {
    private static let sender = InstanceID(high: 7, low: 8)

    private static func name(_ random: inout Seeded) -> String {
        let alphabet = Array("abc/-é漢 .")
        return String((0..<Int.random(in: 0...12, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
    }

    private static func transit(_ random: inout Seeded) -> [TransitEntry] {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
            TransitEntry(
                id: TransitID(instance: InstanceID(using: &random), number: .random(in: 0...(.max), using: &random)),
                version: name(&random),
                route: name(&random), due: .milliseconds(Int.random(in: -3000...5000, using: &random)))
        }
    }

    private static func entries(_ random: inout Seeded, named: Bool) -> [SectionEntry] {
        (0..<Int.random(in: 0...5, using: &random)).map { _ in
            SectionEntry(
                id: .random(in: 1...(.max), using: &random), name: named || Bool.random(using: &random) ? name(&random) : nil,
                count: .random(in: 0...Int(UInt32.max), using: &random), opens: .random(in: 0...3, using: &random))
        }
    }

    private static func body(_ random: inout Seeded) -> ClusterMessage.Body {
        let section = Section.allCases.randomElement(using: &random)!
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            let delta = SectionDelta(
                section: section, sequence: random.next(), age: .milliseconds(Int.random(in: 0...900, using: &random)),
                entries: entries(&random, named: false))
            return .delta(delta, transit: transit(&random))
        case 1:
            let snapshot = SectionSnapshot(section: section, sequence: random.next(), entries: entries(&random, named: true))
            return .snapshot(snapshot, transit: transit(&random), isSettled: .random(using: &random))
        case 2: return .leave(transit: transit(&random))
        default:
            var heartbeat = Heartbeat(
                label: name(&random), software: "1.2.3", basePath: "/__skew",
                state: Heartbeat.State.allCases.randomElement(using: &random)!,
                uptime: .microseconds(Int.random(in: 0...(1 << 50), using: &random)), wants: Bool.random(using: &random) ? .routes : [],
                marks: Section.allCases.map { StreamMark(section: $0, sequence: random.next(), digest: random.next()) },
                isEmpty: .random(using: &random), hears: (0..<3).map { _ in .random(in: 0...(.max), using: &random) },
                misses: [.init(instance: InstanceID(using: &random), lasting: .milliseconds(4711))],
                asks: [.init(instance: InstanceID(using: &random), section: section)],
                release: ControlRegister(count: 3, instance: InstanceID(using: &random), value: Array(name(&random).utf8)))
            for _ in 0..<Int.random(in: 0...2, using: &random) { add(to: &heartbeat, &random) }
            return .heartbeat(heartbeat)
        }
    }

    /// An order, and how far the sender is with it.
    private static func add(to heartbeat: inout Heartbeat, _ random: inout Seeded) {
        let number = UInt64.random(in: 1...1_000_000_000, using: &random)
        let control = OrderControl(
            rate: Bool.random(using: &random) ? 500 : nil, isStopped: .random(using: &random), remark: Array(name(&random).utf8))
        heartbeat.orders.append(
            Order(
                number: number, content: Array(name(&random).utf8), release: Array(name(&random).utf8),
                control: ControlRegister(count: 2, instance: InstanceID(using: &random), value: control), remaining: .seconds(599)))
        heartbeat.progress.append(
            OrderProgress(
                number: number, matching: .random(in: 0...9000, using: &random), told: 7, gone: 1, isDone: .random(using: &random),
                controlCount: 3, controlMark: .random(in: 0...(.max), using: &random)))
    }

    /// The value comes in first: a macro's argument cannot decode, which changes the decoder.
    private func expect(_ outcome: MessageDecoder.Outcome, _ wanted: MessageDecoder.Outcome, _ comment: Comment? = nil) {
        #expect(outcome == wanted, comment)
    }

    @Test(arguments: Seeds.some(200)) func `what is written is read`(seed: UInt64) throws {
        var random = Seeded(seed)
        var (encoder, decoder) = (MessageEncoder(of: Self.sender), MessageDecoder())
        let body = Self.body(&random)
        let parts = encoder.encode(body)
        #expect(parts.count == 1)
        expect(try decoder.decode(parts[0]), .message(ClusterMessage(sender: Self.sender, body: body)), "seed \(seed)")
    }

    @Test func `a long snapshot comes in parts, and a missing part takes the others along`() throws {
        let entries = (1...4000).map { SectionEntry(id: $0, name: String(repeating: "x", count: 100) + "\($0)", count: 1, opens: 0) }
        let body = ClusterMessage.Body.snapshot(
            SectionSnapshot(section: .routes, sequence: 1, entries: entries), transit: [], isSettled: true)
        var (encoder, decoder) = (MessageEncoder(of: Self.sender), MessageDecoder())
        let parts = encoder.encode(body, reserving: 16)
        #expect(parts.count == 7 && parts.allSatisfy { $0.count <= MessageFormat.maxPartBytes - 16 })
        for part in parts.dropLast() { expect(try decoder.decode(part), .incomplete) }
        expect(try decoder.decode(parts[6]), .message(ClusterMessage(sender: Self.sender, body: body)))
        _ = try decoder.decode(parts[0])
        #expect(throws: MessageError.size) { try decoder.decode(parts[2]) }
        #expect(throws: MessageError.size) { try decoder.decode(parts[6]) }
    }

    @Test func `a field of a later release is skipped, and its schema is foreign`() throws {
        var (encoder, decoder) = (MessageEncoder(of: Self.sender), MessageDecoder())
        let body = ClusterMessage.Body.leave(transit: [])
        var part = encoder.encode(body)[0]
        var later = ByteWriter()
        later.field(99) { $0.text("news") }
        expect(try decoder.decode(part + later.bytes), .message(ClusterMessage(sender: Self.sender, body: body)))
        part[2] = 9
        expect(try decoder.decode(part), .foreign(Self.sender))
    }

    /// What it says of an order lies where it lay before; a field that comes behind is passed over.
    @Test func `a node of a release that knows no remarks reads all the rest`() throws {
        var heartbeat = Heartbeat(
            label: "", software: "", basePath: "", state: .up, uptime: .zero, wants: [], marks: [], isEmpty: false, hears: [], misses: [],
            asks: [], release: ControlRegister(initial: [], of: Self.sender))
        let control = OrderControl(rate: 5, isStopped: true)
        func part(_ remark: [UInt8]) -> [UInt8] {
            var said = control
            said.remark = remark
            let register = ControlRegister(count: 2, instance: Self.sender, value: said)
            heartbeat.orders = [Order(number: 9, content: [1], release: [], control: register, remaining: .seconds(1))]
            var encoder = MessageEncoder(of: Self.sender)
            return encoder.encode(.heartbeat(heartbeat))[0]
        }
        let (silent, said) = (part([]), part([65, 66]))
        var field = ByteWriter()
        field.field(16) {
            $0.number(UInt64(9))
            $0.raw([65, 66])
        }
        #expect(said == silent + field.bytes)
        var decoder = MessageDecoder()
        let long = part([UInt8](repeating: 65, count: MessageFormat.maxRemarkBytes + 1))
        #expect(throws: MessageError.value) { try decoder.decode(long) }
    }

    @Test func `names that must not be shown are not read`() throws {
        for name in ["a\u{0}", "a\n", "a\u{7F}", "a\u{85}", String(repeating: "x", count: 257)] {
            var (encoder, decoder) = (MessageEncoder(of: Self.sender), MessageDecoder())
            let entry = SectionEntry(id: 1, name: name, count: 1, opens: 0)
            let snapshot = SectionSnapshot(section: .summary, sequence: 1, entries: [entry])
            let part = encoder.encode(.snapshot(snapshot, transit: [], isSettled: true))[0]
            #expect(throws: MessageError.value, "\(name.debugDescription)") { try decoder.decode(part) }
        }
    }

    @Test(arguments: Seeds.some(50, long: 200)) func `cut or damaged, a message is read or refused and never a trap`(seed: UInt64) throws {
        var random = Seeded(seed)
        var encoder = MessageEncoder(of: Self.sender)
        let part = encoder.encode(Self.body(&random))[0]
        for end in part.indices {
            var decoder = MessageDecoder()
            _ = try? decoder.decode(Array(part[..<end]))
        }
        for _ in 0..<300 {
            var (damaged, decoder) = (part, MessageDecoder())
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            // Whatever is read can be lived with.
            guard let outcome = try? decoder.decode(damaged), case .message(let message) = outcome else { continue }
            let identity = ClusterNode.Identity(instance: InstanceID(high: 0, low: 1), label: "", software: "", basePath: "")
            var node = ClusterNode(identity, maxNames: [.summary: 20, .routes: 20], release: [], at: .zero)
            node.linkConnected(at: .zero)
            for second in 0..<3 {
                _ = node.hear(message, at: .seconds(second), using: &random)
                _ = node.advance(to: .seconds(second), using: &random)
            }
            #expect(node.total >= 0)
        }
    }
}
