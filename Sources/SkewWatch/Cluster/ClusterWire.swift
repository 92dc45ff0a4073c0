internal import SkewCluster

/// Messages of a cluster as bytes, sealed where there is a secret, and counted. A value.
struct ClusterWire: Sendable {
    enum Heard: Sendable {
        case message(ClusterMessage)
        /// A node speaks another version of the protocol.
        case foreign(InstanceID)
        /// A part of something, or nothing to be believed.
        case nothing
    }

    private let seal: MessageSeal?
    private let instance: InstanceID
    private var encoder: MessageEncoder
    private var decoder = MessageDecoder()
    private var lastHeartbeat: Duration?
    var counters = ClusterCounters()
    /// How long the last heartbeat took to come back, in seconds; nil before the first.
    private(set) var echo: Double?

    init(_ settings: ClusterSettings, of instance: InstanceID) {
        let names = ChannelNames(namespace: settings.namespace, database: settings.database)
        seal = settings.secret.map { MessageSeal(secret: Array($0.exposed.utf8), prefix: names.prefix) }
        self.instance = instance
        encoder = MessageEncoder(of: instance)
    }

    /// Takes what came.
    /// - Parameter time: when it came.
    mutating func read(_ part: [UInt8], of time: Duration) -> Heard {
        counters.receivedBytes += part.count
        guard let part = seal.map({ $0.open(part) }) ?? part else {
            counters.rejected[.seal, default: 0] += 1
            return .nothing
        }
        do throws(MessageError) {
            switch try decoder.decode(part) {
            case .incomplete: return .nothing
            case .foreign(let instance):
                counters.rejected[.foreign, default: 0] += 1
                return .foreign(instance)
            case .message(let message):
                counters.received[.init(message.body), default: 0] += 1
                if message.sender == instance, case .heartbeat = message.body, let lastHeartbeat {
                    echo = (time - lastHeartbeat) / .seconds(1)
                }
                return .message(message)
            }
        } catch {
            counters.rejected[.init(error), default: 0] += 1
            return .nothing
        }
    }

    /// The parts of what is said.
    mutating func write(_ body: ClusterMessage.Body, at now: Duration) -> [[UInt8]] {
        let kind = ClusterCounters.Kind(body)
        if kind == .heartbeat { lastHeartbeat = now }
        var parts = encoder.encode(body, reserving: seal == nil ? 0 : MessageSeal.length)
        if let seal { parts = parts.map { seal.seal($0) } }
        counters.sent[kind, default: 0] += 1
        counters.sentBytes[.init(body), default: 0] += parts.reduce(0) { $0 + $1.count }
        return parts
    }
}
