internal import Presence
internal import SkewCluster
internal import WebSocketLoop

extension ClusterMember {
    /// What the rest of the server does about what other nodes say. Called on the member's own thread; none may wait.
    struct Hooks: Sendable {
        /// Something changed at this time: those who watch are to be told.
        var noteChange: @Sendable (Duration) -> Void = { _ in }
        /// Another node announced this version; with what is said to its tabs, where that is known.
        var adopt: @Sendable (String, _ order: [UInt8]?) -> Void = { _, _ in }
        /// Another node ordered this.
        var carryOut: @Sendable (Order) -> Void = { _ in }
        /// Another node changed an order.
        var changeOrder: @Sendable (UInt64, OrderControl) -> Void = { _, _ in }
        /// How far this node is with its orders.
        var progress: @Sendable () -> [OrderProgress] = { [] }
        /// How far the other nodes are with each order.
        var noteOrders: @Sendable ([UInt64: OrderState]) -> Void = { _ in }
        /// Whether nothing is known of the time before this node came.
        var wantsMemory: @Sendable () -> Bool = { false }
        /// Another node handed this on.
        var deliver: @Sendable ([UInt8]) -> Void = { _ in }
        /// Other nodes have these tabs now: theirs here are to be closed before what the loops are asked next.
        var giveWay: @Sendable ([TabClaim]) -> Void = { _ in }
        /// Another node took this back.
        var revoke: @Sendable (String) -> Void = { _ in }
    }
}

extension ClusterMember.Hooks {
    /// What other nodes say reaches the loops.
    init(_ shared: SharedState, _ desk: AuthorizationDesk) {
        noteChange = { shared.inbox.noteOtherChange(at: $0) }
        adopt = { version, content in shared.hearRelease(version, content.flatMap { AnnouncementOrder($0) }) }
        carryOut = { order in
            guard var heard = AnnouncementOrder(order.content) else { return }
            heard.announcement.rate = order.control.value.rate
            shared.hear(heard, Int(order.number))
            _ = shared.gate.ask(.init(nobodyWaitsFor: .carryOut(heard, id: Int(order.number))))
        }
        changeOrder = { number, control in _ = shared.gate.ask(.init(nobodyWaitsFor: .follow(control, of: Int(number)))) }
        progress = { shared.announcements.progress }
        noteOrders = { states in
            let (repaced, told) = shared.announcements.note(states)
            for id in repaced { _ = shared.gate.ask(.init(nobodyWaitsFor: .repace(id))) }
            for entry in told { shared.note(told: entry) }
        }
        deliver = { bytes in
            if let note = PeerNote(bytes) { shared.hear(note) }
        }
        giveWay = { shared.giveWay(to: $0) }
        wantsMemory = { shared.history.hasNoMemory }
        revoke = { text in
            guard let target = RevocationTarget(text) else { return }
            shared.carryOut(target, desk)
        }
    }
}

/// What is taken back, as nodes tell it each other.
enum RevocationTarget: Sendable, Equatable {
    /// Whatever lets anybody watch.
    case all
    /// What lets this connection watch.
    case connection(ConnectionID)
    /// A token that was shown by somebody who was cut off, as a digest, and for how many seconds it would have been good.
    case token(String, seconds: Int)

    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("all", 1): self = .all
        case ("connection", 2):
            guard let id = ConnectionID(parts[1]) else { return nil }
            self = .connection(id)
        case ("token", 3):
            guard parts[1].utf8.count == 64, let seconds = Int(parts[2]), (0...31_536_000).contains(seconds) else { return nil }
            self = .token(String(parts[1]), seconds: seconds)
        default: return nil
        }
    }

    var text: String {
        switch self {
        case .all: "all"
        case .connection(let id): "connection:\(id)"
        case .token(let digest, let seconds): "token:\(digest):\(seconds)"
        }
    }
}

extension SharedState {
    /// Takes back on every loop of this node.
    func carryOut(_ target: RevocationTarget, _ desk: AuthorizationDesk) {
        switch target {
        case .all: onEveryLoop { $0.revokeAll() }
        case .connection(let id): onEveryLoop { _ = $0.revoke(id) }
        case .token(let digest, let seconds):
            desk.revoke(tokenWithDigest: digest, for: .seconds(seconds), now: MonotonicTime.now)
        }
    }

    /// Takes back on every loop of every node.
    func revoke(_ target: RevocationTarget, _ desk: AuthorizationDesk) {
        carryOut(target, desk)
        cluster?.inbox.revoke(target.text)
    }

    /// Acts for a stream of this node; for none where the handle is not one's.
    func carryOut(_ post: StreamPost) {
        guard let stream = StreamHandle(post.handle).flatMap({ streams.find($0) }), let tracker = tracker(stream.tracker) else { return }
        tracker.thread.perform { tracker.assumeIsolated { $0.carryOut(post, of: stream.socket) } }
    }
}
