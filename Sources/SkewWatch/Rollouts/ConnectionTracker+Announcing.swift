internal import Logging
internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// Tells the tabs of a loop that a release is out: carries out what ``Announcing`` says.
extension ConnectionTracker {
    /// Another release is out: rows that do not run it are listed first.
    func setRelease(_ version: String) { changeRows { roster, now in roster.setRelease(version, at: now) } }

    /// Looks for whom an announcement is. No tab is told before its pace is known; who watches is told at once: it fetches nothing, and
    /// must not take the first tabs that reload for a version that nobody announced.
    /// - Returns: how many tabs they are.
    func prepare(_ announcement: Announcement, _ target: AnnouncementTarget, _ id: Int) -> Int {
        let tabs = connections.enumerated().lazy.compactMap { index, connection -> ToldTab? in
            guard let connection, self.isMeant(connection, by: target) else { return nil }
            return ToldTab(index: index, id: connection.id)
        }
        let count = prepare(id, announcement, for: tabs)
        if target.includesOthers { tellObservers(Payload(announcement.message.encoded)) }
        return count
    }

    private func tellObservers(_ payload: Payload) {
        for (index, connection) in connections.enumerated() where connection?.kind.audience == .observer {
            loop?.sendSocket(at: index, payload)
        }
    }

    private func isMeant(_ connection: Connection, by target: AnnouncementTarget) -> Bool {
        if connection.kind.audience == .observer { return false }
        guard let slot = connection.slot else { return target.includesOthers }
        let row = row(at: slot)
        return target.includes(row.id, version: row.version, route: row.route)
    }

    /// Tells as many as one turn of the loop takes.
    func goOn(with id: Int) {
        switch tellNext(id) {
        case .told(let sent, let gone, let isDone):
            shared.announcements.note(told: sent, gone: gone, of: id)
            guard !isDone else { return announcementIsDone(id) }
            thread.performNextTurn { [self] in assumeIsolated { $0.goOn(with: id) } }
        case .wait: break
        case .over: announcementIsDone(id)
        }
    }

    private func announcementIsDone(_ id: Int) {
        guard let entry = shared.announcements.loopIsDone(id, at: MonotonicTime.now) else { return }
        shared.note(told: entry)
        logger.info("A release was told.", metadata: ["id": "\(id)", "version": "\(entry.announcement.version)", "told": "\(entry.told)"])
    }
}
