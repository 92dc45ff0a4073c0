internal import Logging
internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// Carries announcements to the loops, each with its share of the pace, and answers who asks for them.
struct Announcer: Sendable {
    let shared: SharedState
    let fleet: Fleet
    let logger: Logger

    /// Announcements that may run at one time.
    private static let mostRunning = 20

    /// An announcement begins.
    /// - Returns: the answer to whoever asked for it.
    func announce(_ announcement: Announcement, by: String?) async -> HTTPResponse {
        guard shared.announcements.runningCount < Self.mostRunning else {
            return .error(429, "too many announcements run; stop one, or wait", headers: [("Retry-After", "10")])
        }
        let (id, matching) = await begin(announcement, by: by)
        let warning = await warning(announcement)
        logger.log(
            level: warning == nil ? .info : .warning, "A release is announced.",
            metadata: [
                "id": "\(id)", "version": "\(announcement.version)", "matching": "\(matching)",
                "rate": "\(announcement.rate.map(String.init) ?? "at once")", "by": "\(by ?? "-")", "note": "\(warning ?? "-")",
            ])
        let note = warning.map { ",\"warning\":" + String(decoding: JSONValue.string($0).encoded, as: UTF8.self) } ?? ""
        // With nobody to tell it is done already.
        return .json(matching == 0 ? 200 : 202, "{\"ok\":true,\"id\":\(id),\"matching\":\(matching)\(note)}")
    }

    /// - Returns: its number, and how many tabs it is for.
    func begin(_ announcement: Announcement, by: String?) async -> (id: Int, matching: Int) {
        let trackers = shared.allTrackers
        let (id, replaced) = shared.announcements.begin(announcement, loops: trackers.count, at: MonotonicTime.now)
        for former in replaced { shared.onEveryLoop { $0.stopAnnouncing(former) } }
        if announcement.setsRelease, !announcement.isSetAlready { shared.setRelease(announcement.version, by: by) }
        let target = AnnouncementTarget(announcement)
        var counts: [Int] = []
        for tracker in trackers { counts.append(await tracker.prepare(announcement, target, id)) }
        let matching = counts.reduce(0, +)
        shared.announcements.setMatching(matching, of: id)
        setPace(announcement.rate, of: id, shares: counts)
        return (id, matching)
    }

    /// Each loop tells its share of the pace, so that all end at the same time.
    private func setPace(_ rate: Int?, of id: Int, shares: [Int]) {
        let sum = max(1, shares.reduce(0, +))
        // Each node of a cluster takes its part.
        let nodes = max(1, shared.cluster?.board.now.report.up ?? 1)
        for (tracker, share) in zip(shared.allTrackers, shares) {
            let part = rate.map { max(0.01, Double($0) / Double(nodes) * Double(share) / Double(sum)) }
            tracker.thread.perform { tracker.assumeIsolated { $0.announce(id, rate: part) } }
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

    /// Stops an announcement.
    func stop(_ id: Int) -> HTTPResponse {
        guard let entry = shared.announcements.stop(id, at: MonotonicTime.now) else { return .notFound }
        shared.onEveryLoop { $0.stopAnnouncing(id) }
        return .json(200, Self.encoded(entry).encoded)
    }

    /// Gives an announcement another pace.
    func setRate(_ rate: Int?, of id: Int) async -> HTTPResponse {
        guard shared.announcements.setRate(rate, of: id) != nil else { return .notFound }
        var shares: [Int] = []
        for tracker in shared.allTrackers { shares.append(await tracker.leftOfAnnouncement(id)) }
        setPace(rate, of: id, shares: shares)
        return self.state
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

    private static func encoded(_ entry: AnnouncementBoard.Entry) -> JSONValue {
        .object([
            "id": .number(Double(entry.id)), "version": .string(entry.announcement.version), "matching": .number(Double(entry.matching)),
            "told": .number(Double(entry.told)), "left": .number(Double(entry.left)), "rate": .number(Double(entry.rate ?? 0)),
            "state": .string(entry.state.rawValue),
        ])
    }
}
