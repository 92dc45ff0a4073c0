internal import Presence
internal import SkewProtocol

/// What was told, as it is written down: a line of JSON.
extension RolloutEvents.Memory {
    /// nil where the text is none of ours.
    init?(text: String) {
        guard case .object(let members)? = JSONValue(Array(text.utf8).span), case .array(let open)? = members["open"] else { return nil }
        self.init()
        self.open = Set(open.compactMap(\.text))
        (hadOld, isDone) = (members["hadOld"] == .boolean(true), members["isDone"] == .boolean(true))
        guard let version = members["release"]?.text else { return }
        var announcedAt: Int64?
        if case .number(let moment)? = members["announcedAt"] { announcedAt = Int64(exactly: moment) }
        release = RolloutEvents.Release(version: version, announcedAt: announcedAt)
    }

    var text: String {
        let members: [String: JSONValue] = [
            "open": .array(open.sorted().map { .string($0) }), "hadOld": .boolean(hadOld), "isDone": .boolean(isDone),
            "release": release.map { .string($0.version) } ?? .null,
            "announcedAt": release?.announcedAt.map { .number(Double($0)) } ?? .null,
        ]
        return String(decoding: JSONValue.object(members).encoded, as: UTF8.self)
    }
}
