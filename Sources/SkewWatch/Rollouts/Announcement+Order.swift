internal import SkewCluster
internal import SkewProtocol

/// An announcement as nodes tell it each other: the fields of the request, and who asked.
struct AnnouncementOrder: Sendable, Equatable {
    var announcement: Announcement
    var by: String?

    init(_ announcement: Announcement, by: String?) { (self.announcement, self.by) = (announcement, by) }

    /// Reads what ``encoded`` wrote, on another node. What it does not know it passes over.
    init?(_ bytes: [UInt8]) {
        guard let fields = JSONValue(bytes.span), case .success(let announcement) = Announcement.read(fields) else { return nil }
        self.announcement = announcement
        by = fields["by"]?.text.flatMap { CleanText.clean($0.utf8.span, limit: 128) }
    }

    var encoded: [UInt8] {
        var fields = announcement.fields
        fields["by"] = by.map { .string($0) }
        return JSONValue.object(fields).encoded
    }

    /// The release that it sets, as the cluster's register says it; empty for none.
    var release: [UInt8] { announcement.setsRelease ? Array(announcement.version.utf8) : [] }
}

extension Announcement {
    /// The fields of a request for it.
    var fields: [String: JSONValue] {
        [
            "version": .string(version), "rate": .number(Double(rate ?? 0)), "only": only.isEmpty ? nil : .array(only.map { .string($0) }),
            "routes": routes.isEmpty ? nil : .array(routes.map { .string($0) }), "percent": .number(Double(percent)),
            "urgent": .boolean(isUrgent), "set": .boolean(setsRelease), "again": .boolean(isAgain),
        ].compactMapValues(\.self)
    }
}

extension AnnouncementBoard {
    /// How far this node is with what the cluster knows.
    var progress: [OrderProgress] {
        all.filter(\.isCounted).map {
            OrderProgress(
                number: UInt64($0.id), matching: $0.matching, told: $0.told, gone: $0.gone, isDone: $0.state != .running)
        }
    }
}
