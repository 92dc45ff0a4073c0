internal import Presence
internal import SkewProtocol

/// What must outlive a process, so that nothing is told twice or never: what was decided, and what was not taken yet. On disk it is a line
/// of JSON.
struct WebhookMemory: Sendable, Equatable {
    var events = RolloutEvents.Memory()
    /// Oldest first; each keeps its id, by which a receiver knows a repeat.
    var waiting: [WebhookMessage] = []

    init(_ events: RolloutEvents.Memory, waiting: [WebhookMessage]) { (self.events, self.waiting) = (events, waiting) }

    /// nil where the text is none of ours.
    init?(text: String) {
        guard case .object(let members)? = JSONValue(Array(text.utf8).span), case .array(let open)? = members["open"] else { return nil }
        events.open = Set(open.compactMap(\.text))
        func isTrue(_ name: String) -> Bool { members[name] == .boolean(true) }
        (events.hadOld, events.isDone, events.isStalled) = (isTrue("hadOld"), isTrue("isDone"), isTrue("isStalled"))
        if case .array(let messages)? = members["waiting"] { waiting = messages.compactMap { WebhookMessage($0) } }
        guard let version = members["release"]?.text else { return }
        var announcedAt: Int64?
        if case .number(let moment)? = members["announcedAt"] { announcedAt = Int64(exactly: moment) }
        events.release = RolloutEvents.Release(version: version, announcedAt: announcedAt)
    }

    var text: String {
        let members: [String: JSONValue] = [
            "open": .array(events.open.sorted().map { .string($0) }), "hadOld": .boolean(events.hadOld), "isDone": .boolean(events.isDone),
            "isStalled": .boolean(events.isStalled), "waiting": .array(waiting.map(\.remembered)),
            "release": events.release.map { .string($0.version) } ?? .null,
            "announcedAt": events.release?.announcedAt.map { .number(Double($0)) } ?? .null,
        ]
        return String(decoding: JSONValue.object(members).encoded, as: UTF8.self)
    }
}

extension WebhookMessage {
    fileprivate init?(_ remembered: JSONValue) {
        guard let id = remembered["id"]?.text, let type = remembered["type"]?.text, let body = remembered["body"]?.text else { return nil }
        self.init(id: id, type: type, body: Array(body.utf8))
    }

    /// The same bytes are sent by the next process.
    fileprivate var remembered: JSONValue {
        .object(["id": .string(id), "type": .string(type), "body": .string(String(decoding: body, as: UTF8.self))])
    }
}
