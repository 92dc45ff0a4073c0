internal import SkewCluster
internal import SkewProtocol
internal import WebSocketLoop

/// What one node says to another one alone.
enum PeerNote: Sendable {
    /// A POST for a stream of the one that is told.
    case post(StreamPost)
    /// What do you remember? Says by its mark who asks.
    case question(node: UInt32)
    /// A part of what a node remembers.
    case memory(PeerMemory)

    init?(_ bytes: [UInt8]) {
        guard let value = JSONValue(bytes.span) else { return nil }
        if let node = value["asks"]?.text.flatMap({ UInt32($0, radix: 16) }) {
            self = .question(node: node)
        } else if let memory = PeerMemory(value) {
            self = .memory(memory)
        } else if let post = StreamPost(bytes) {
            self = .post(post)
        } else {
            return nil
        }
    }

    /// The question, from the node with this mark.
    static func question(from node: UInt32) -> [UInt8] { JSONValue.object(["asks": .string(String(node, radix: 16))]).encoded }
}

extension SharedState {
    /// Does what another node says to this one.
    func hear(_ note: PeerNote) {
        let (now, wall) = (MonotonicTime.now, MonotonicTime.wallClockMilliseconds)
        switch note {
        case .post(let post): carryOut(post)
        case .question(let node):
            let memory = PeerMemory(history.histories, decisions.releaseHistory, decisions.acts, now: now, wallClockMilliseconds: wall)
            for part in memory.notes { cluster?.inbox.note(part, to: node) }
        case .memory(let memory):
            guard history.wantsMemory else { return }
            history.take(memory.samples, now: now, wallClockMilliseconds: wall)
            if !memory.releases.isEmpty { decisions.take(memory.records(wallClockMilliseconds: wall)) }
            if !memory.acts.isEmpty { decisions.changeActs { $0.take(memory.acts(wallClockMilliseconds: wall)) } }
        }
    }
}
