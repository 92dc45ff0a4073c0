internal import Cryptography
internal import Presence
internal import SkewProtocol

/// One event as it is sent: the same id and the same bytes on each try.
struct WebhookMessage: Sendable, Equatable {
    /// `webhook-id`: by it a receiver knows a repeat, also one that another node sends: it is made of the event and its minute.
    let id: String
    /// What happened, as in `version.drained`.
    let type: String
    let body: [UInt8]

    /// As an earlier process had it.
    init(id: String, type: String, body: [UInt8]) { (self.id, self.type, self.body) = (id, type, body) }

    /// - Parameter moment: when it happened, in milliseconds since 1970.
    private init(type: String, of name: String, text: String, data: [String: JSONValue], moment: Int64) {
        self.type = type
        id = "msg_" + SHA256Digest(of: Array("\(type)\n\(name)\n\(moment / 60_000)".utf8)).hexadecimal.prefix(32)
        body =
            JSONValue.object([
                "type": .string(type), "timestamp": .string(WireTime.text(moment)), "text": .string(text), "data": .object(data),
            ]).encoded
    }

    /// - Parameter before: which release was out until then. One that is out again within a minute is another event.
    init(_ event: RolloutEvents.Event, in view: RolloutView, before: String? = nil, old: Int?, moment: Int64) {
        var data: [String: JSONValue] = ["total": .number(Double(view.total)), "release": view.release.map { .string($0) } ?? .null]
        data["current"] = view.current.map { .number(Double($0)) } ?? .null
        data["old"] = old.map { .number(Double($0)) } ?? .null
        if let version = event.version {
            data["version"] = .string(version)
            data["tabs"] = .number(Double(view.versions[version] ?? 0))
        }
        let name = "\(event.version ?? "")\n\(view.release ?? "")" + (event == .announced ? "\n\(before ?? "")" : "")
        self.init(type: event.type, of: name, text: event.text(in: view, old: old ?? 0), data: data, moment: moment)
    }

    /// What `check --deep` sends.
    static func test(moment: Int64) -> WebhookMessage {
        WebhookMessage(type: "webhook.test", of: "", text: "SkewWatch can reach this webhook.", data: [:], moment: moment)
    }
}

extension RolloutEvents.Event {
    /// The event's name on the wire.
    var type: String {
        switch self {
        case .announced: "release.announced"
        case .appeared: "version.appeared"
        case .drained: "version.drained"
        case .done: "rollout.done"
        case .stalled: "rollout.stalled"
        }
    }

    /// The version that it is about; nil where that is the release.
    fileprivate var version: String? {
        switch self {
        case .appeared(let version), .drained(let version): version
        case .announced, .done, .stalled: nil
        }
    }

    /// One sentence for people: a chat shows it as it is.
    fileprivate func text(in view: RolloutView, old: Int) -> String {
        let release = view.release ?? "the release"
        let tabs = old == 1 ? "1 tab is" : "\(old) tabs are"
        return switch self {
        case .announced: "\(release) is out; \(tabs) on something else."
        case .appeared(let version): "\(version) is open in \(view.versions[version] ?? 0) of \(view.total) tabs."
        case .drained(let version): "Nobody has \(version) open any more."
        case .done: "Everybody is on \(release): \(view.total) tabs, and none on anything older for a minute."
        case .stalled: "\(tabs) not on \(release), and none of them closed within an hour."
        }
    }
}
