internal import Presence
internal import SkewCluster
internal import SkewProtocol

/// What was done with announcements is remembered, in memory and on disk.
extension SharedState {
    /// Something was done on this node.
    func record(_ act: Act) {
        decisions.changeActs { $0.record(act) }
        keeper?.note(act)
    }

    /// Another node says that something was done; what is known already is passed over.
    func hear(_ act: Act) {
        guard decisions.changeActs({ $0.hear(act) }) else { return }
        keeper?.note(act)
    }

    /// Another node announced something that keeps the release.
    func hear(_ order: AnnouncementOrder, _ id: Int) { if let act = order.act(id) { hear(act) } }

    /// An announcement has told so many tabs, over all nodes.
    func note(told entry: AnnouncementBoard.Entry) {
        let (count, version) = (entry.whole.told, entry.announcement.version)
        if entry.announcement.setsRelease {
            // In the list of releases the newest of a version is meant.
            guard announcements.all.last(where: { $0.announcement.setsRelease && $0.announcement.version == version })?.id == entry.id
            else { return }
            decisions.note(told: count, of: version)
            keeper?.note(told: count, of: version)
        } else if decisions.changeActs({ $0.note(told: count, of: entry.id) }) {
            keeper?.note(told: count, ofAnnouncement: entry.id)
        }
    }
}

extension AnnouncementOrder {
    /// What is remembered of it where it keeps the release; one that sets it is in the list of releases.
    func act(_ id: Int) -> Act? {
        if announcement.setsRelease { return nil }
        return Act(
            .announced, number: id, at: MonotonicTime.wallClockMilliseconds, version: announcement.version, by: by,
            target: announcement.targetInWords)
    }
}

extension AnnouncementBoard.Entry {
    /// Somebody stopped it.
    func stopped(by: String?) -> Act {
        let whole = whole
        return Act(
            .stopped, number: id, at: MonotonicTime.wallClockMilliseconds, version: announcement.version, by: by, told: whole.told,
            matching: whole.matching)
    }

    /// Somebody gave it another pace.
    func paced(_ rate: Int?, by: String?) -> Act {
        Act(
            .paced, number: id, at: MonotonicTime.wallClockMilliseconds, version: announcement.version, by: by, told: whole.told,
            rate: rate ?? 0)
    }
}

extension Act {
    /// As another node saw it, where that said so.
    func with(_ remark: ControlRemark?) -> Act {
        guard let remark else { return self }
        var act = self
        (act.told, act.matching) = (remark.told, remark.matching)
        return act
    }
}

extension Announcement {
    private static let mostNames = 2
    private static let longestTarget = 160

    /// To whom it is limited, in a few words, such as "10 % of build-40 on /help"; nil for all tabs.
    var targetInWords: String? {
        guard percent < 100 || !only.isEmpty || !routes.isEmpty else { return nil }
        let words =
            (percent < 100 ? "\(percent) % of " : "") + (only.isEmpty ? "the tabs" : Self.few(only))
            + (routes.isEmpty ? "" : " on \(Self.few(routes))")
        return CleanText.clean(words.utf8.span, limit: Self.longestTarget)
    }

    private static func few(_ names: [String]) -> String {
        guard names.count > mostNames + 1 else { return names.joined(separator: ", ") }
        return names.prefix(mostNames).joined(separator: ", ") + " and \(names.count - mostNames) more"
    }
}

/// What a node says of a change besides the change: who made it, and how far the announcement was.
struct ControlRemark: Sendable, Equatable {
    var by: String?
    var told: Int
    var matching: Int?

    init(_ act: Act) { (by, told, matching) = (act.by, act.told ?? 0, act.matching) }

    /// Reads what ``encoded`` wrote, on another node; nil where that said nothing.
    init?(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, let fields = JSONValue(bytes.span), let told = fields["told"].flatMap(Self.count) else { return nil }
        by = fields["by"]?.text.flatMap { CleanText.clean($0.utf8.span, limit: 128) }
        (self.told, matching) = (told, fields["matching"].flatMap(Self.count))
    }

    var encoded: [UInt8] {
        let fields: [String: JSONValue?] = [
            "by": by.map { .string($0) }, "told": .number(Double(told)), "matching": matching.map { .number(Double($0)) },
        ]
        return JSONValue.object(fields.compactMapValues(\.self)).encoded
    }

    private static func count(_ value: JSONValue) -> Int? {
        guard case .number(let number) = value, let whole = Int(exactly: number), 0...Int(UInt32.max) ~= whole else { return nil }
        return whole
    }
}
