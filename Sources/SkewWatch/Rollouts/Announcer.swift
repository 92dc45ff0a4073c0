internal import Logging
internal import Presence
internal import SkewCluster
internal import SkewProtocol
internal import WebSocketLoop

/// Carries announcements to the loops, each with its share of the pace, tells the other nodes, and answers who asks for them.
struct Announcer: Sendable {
    let shared: SharedState
    let fleet: Fleet
    let logger: Logger

    /// Announcements that may run at one time.
    private static let mostRunning = 20
    /// Who announces hears from all nodes within this time for how many tabs it is, or without those that do not say.
    private static let patience = Duration.seconds(1)

    /// An announcement begins, on all nodes.
    /// - Returns: the answer to whoever asked for it.
    func announce(_ announcement: Announcement, by: String?) async -> HTTPResponse {
        guard shared.announcements.runningCount < Self.mostRunning else {
            return .error(429, "too many announcements run; stop one, or wait", headers: [("Retry-After", "10")])
        }
        let order = AnnouncementOrder(announcement, by: by)
        let id = shared.give(order)
        await begin(order, id)
        let doubts = await hearOthers(id)
        let matching = shared.announcements.entry(id)?.whole.matching ?? 0
        let warning = await warning(announcement)
        log(order, id, matching, note: warning)
        let note = warning.map { ",\"warning\":" + String(decoding: JSONValue.string($0).encoded, as: UTF8.self) } ?? ""
        let partial = doubts.isEmpty ? "" : ",\"partial\":" + String(decoding: Self.encoded(doubts).encoded, as: UTF8.self)
        // With nobody to tell it is done already. What is unknown is not nobody.
        return .json(matching == 0 && doubts.isEmpty ? 200 : 202, "{\"ok\":true,\"id\":\(id),\"matching\":\(matching)\(note)\(partial)}")
    }

    /// An announcement begins here that the other nodes know.
    /// - Returns: nil, for nobody waits.
    func carryOut(_ order: AnnouncementOrder, _ id: Int) async -> HTTPResponse? {
        let matching = await begin(order, id)
        log(order, id, matching, note: nil)
        return nil
    }

    private func log(_ order: AnnouncementOrder, _ id: Int, _ matching: Int, note: String?) {
        logger.log(
            level: note == nil ? .info : .warning, "A release is announced.",
            metadata: [
                "id": "\(id)", "version": "\(order.announcement.version)", "matching": "\(matching)",
                "rate": "\(order.announcement.rate.map(String.init) ?? "at once")", "by": "\(order.by ?? "-")", "note": "\(note ?? "-")",
            ])
    }

    /// - Returns: how many tabs of this node it is for.
    @discardableResult
    func begin(_ order: AnnouncementOrder, _ id: Int) async -> Int {
        let (announcement, trackers) = (order.announcement, shared.allTrackers)
        let replaced = shared.announcements.begin(announcement, id: id, loops: trackers.count, at: MonotonicTime.now)
        for former in replaced { shared.onEveryLoop { $0.stopAnnouncing(former) } }
        let target = AnnouncementTarget(announcement)
        var counts: [Int] = []
        for tracker in trackers { counts.append(await tracker.prepare(announcement, target, id)) }
        // By now no loop tells them any more.
        for former in replaced { shared.announcements.entry(former).map { shared.note(told: $0) } }
        let matching = counts.reduce(0, +)
        shared.announcements.setMatching(matching, of: id)
        // It may be over before it began: stopped, or replaced by a newer one.
        guard shared.announcements.entry(id)?.state == .running else {
            for tracker in trackers { await tracker.stopAnnouncing(id) }
            return matching
        }
        setPace(announcement.rate, of: id, shares: counts)
        return matching
    }

    /// Waits until every other node has said for how many of its tabs it is, a second at most.
    /// - Returns: why the number may not be that of all nodes; empty where it is.
    private func hearOthers(_ id: Int) async -> [String] {
        guard let cluster = shared.cluster else { return [] }
        let deadline = MonotonicTime.now + Self.patience
        while cluster.board.now.isLinked, isUnheard(id), MonotonicTime.now < deadline { try? await Task.sleep(for: .milliseconds(10)) }
        let doubts = Set(cluster.board.now.report.partial)
        return (isUnheard(id) && cluster.board.now.isLinked ? doubts.union([Doubt.unsynced.rawValue]) : doubts).sorted()
    }

    /// Whether some other node has not said yet for how many of its tabs an announcement is.
    private func isUnheard(_ id: Int) -> Bool { shared.announcements.entry(id)?.others.map { $0.unheard > 0 } ?? true }

    /// This node takes its part of the pace, and of that each loop its share, so that all end at the same time.
    private func setPace(_ rate: Int?, of id: Int, shares: [Int]) {
        let sum = max(1, shares.reduce(0, +))
        let part = shared.announcements.entry(id)?.others?.share ?? 1 / Double(max(1, shared.cluster?.board.now.report.up ?? 1))
        for (tracker, share) in zip(shared.allTrackers, shares) {
            let rate = rate.map { max(0.01, Double($0) * part * Double(share) / Double(sum)) }
            tracker.thread.perform { tracker.assumeIsolated { $0.announce(id, rate: rate) } }
        }
    }

    /// Nobody runs what is announced: perhaps it was mistyped.
    private func warning(_ announcement: Announcement) async -> String? {
        let versions = await fleet.counts.versions
        guard !versions.isEmpty, versions[announcement.version] == nil else { return nil }
        let start = "nobody runs \(announcement.version)"
        return NearestName.of(announcement.version, among: versions.keys).map { "\(start); \($0) is the version seen that is most like it" }
            ?? start
    }

    /// Stops an announcement, on all nodes.
    func stop(_ id: Int, by: String?) async -> HTTPResponse {
        guard let (entry, ran) = await stopHere(id) else { return .notFound }
        let act = ran ? entry.stopped(by: by) : nil
        if let act { shared.record(act) }
        shared.cluster?.inbox.change(UInt64(id), .stop, act.map { ControlRemark($0) })
        return .json(200, Self.encoded(entry).encoded)
    }

    /// - Returns: how far it came, and whether it ran until now: no loop tells anybody any more.
    private func stopHere(_ id: Int, ranElsewhere: Bool = false) async -> (entry: AnnouncementBoard.Entry, ran: Bool)? {
        guard let (_, ran) = shared.announcements.stop(id, at: MonotonicTime.now, ranElsewhere: ranElsewhere) else { return nil }
        for tracker in shared.allTrackers { await tracker.stopAnnouncing(id) }
        guard let entry = shared.announcements.entry(id) else { return nil }
        if ran { shared.note(told: entry) }
        return (entry, ran)
    }

    /// Gives an announcement another pace, on all nodes.
    func setRate(_ rate: Int?, of id: Int, by: String?) async -> HTTPResponse {
        guard let former = shared.announcements.setRate(rate, of: id) else { return .notFound }
        let act = former.whole.state == .running && former.rate != rate ? former.paced(rate, by: by) : nil
        if let act { shared.record(act) }
        shared.cluster?.inbox.change(UInt64(id), .rate(rate), act.map { ControlRemark($0) })
        _ = await repace(id)
        return self.state
    }

    /// Another node stopped an announcement or gave it another pace.
    /// - Returns: nil, for nobody waits.
    func follow(_ control: OrderControl, _ id: Int) async -> HTTPResponse? {
        let remark = ControlRemark(control.remark)
        if control.isStopped {
            // The others may have said that they are done with the same words.
            let ran = remark != nil || shared.announcements.entry(id)?.isCutElsewhere ?? false
            guard let (entry, ran) = await stopHere(id, ranElsewhere: ran), ran || remark != nil else { return nil }
            shared.hear(entry.stopped(by: remark?.by).with(remark))
            return nil
        }
        guard let former = shared.announcements.setRate(control.rate, of: id) else { return nil }
        if remark != nil || former.whole.state == .running && former.rate != control.rate {
            shared.record(former.paced(control.rate, by: remark?.by).with(remark))
        }
        return await repace(id)
    }

    /// Every loop goes on at what is its part of the pace now.
    /// - Returns: nil, for nobody waits.
    func repace(_ id: Int) async -> HTTPResponse? {
        guard let entry = shared.announcements.entry(id), entry.state == .running else { return nil }
        var shares: [Int] = []
        for tracker in shared.allTrackers { shares.append(await tracker.leftOfAnnouncement(id)) }
        setPace(entry.rate, of: id, shares: shares)
        return nil
    }

    /// The release, and the announcements of a day.
    var state: HTTPResponse {
        let history = shared.decisions.releaseHistory
        let release: JSONValue =
            history.current.map {
                .object(["version": .string($0), "announcedAt": history.announcedAt.map { .number(Double($0)) } ?? .null])
            } ?? .null
        let entries = shared.announcements.all(at: MonotonicTime.now).map(Self.encoded)
        return .json(200, JSONValue.object(["release": release, "announcements": .array(entries)]).encoded)
    }

    private static func encoded(_ doubts: [String]) -> JSONValue { .array(doubts.map { .string($0) }) }

    private static func encoded(_ entry: AnnouncementBoard.Entry) -> JSONValue {
        let whole = entry.whole
        let fields: [String: JSONValue?] = [
            "id": .number(Double(entry.id)), "version": .string(entry.announcement.version), "matching": .number(Double(whole.matching)),
            "told": .number(Double(whole.told)), "left": .number(Double(whole.left)), "rate": .number(Double(entry.rate ?? 0)),
            "state": .string(whole.state.rawValue),
            "partial": entry.others.map { $0.unheard > 0 } ?? false ? encoded([Doubt.unsynced.rawValue]) : nil,
        ]
        return .object(fields.compactMapValues(\.self))
    }
}
