internal import Logging
internal import Presence
internal import WebSocketLoop

/// Tells the tabs of a loop that a release is out: carries out what ``Announcing`` says.
extension ConnectionTracker {
    /// Looks for whom an announcement is. Nobody is told before its pace is known.
    /// - Returns: how many they are.
    func prepare(_ announcement: Announcement, _ target: AnnouncementTarget, _ id: Int) -> Int {
        let tabs = connections.enumerated().lazy.compactMap { index, connection -> ToldTab? in
            guard let connection, self.isMeant(connection, by: target) else { return nil }
            return ToldTab(index: index, id: connection.id)
        }
        return announcing.prepare(id, announcement, for: tabs)
    }

    private func isMeant(_ connection: Connection, by target: AnnouncementTarget) -> Bool {
        guard let slot = connection.slot else { return target.includesOthers }
        let row = row(at: slot)
        return target.includes(row.id, version: row.version, route: row.route)
    }

    /// An announcement begins, or goes on at another pace: so many tabs a second on this loop.
    func announce(_ id: Int, rate: Double?) {
        if announcing.begin(id, rate: rate, at: MonotonicTime.now) { goOn(with: id) }
    }

    func stopAnnouncing(_ id: Int) { announcing.stop(id) }

    /// How many an announcement has still to tell here.
    func leftOfAnnouncement(_ id: Int) -> Int { announcing.left(id) }

    /// Tells as many as one turn of the loop takes.
    func goOn(with id: Int) {
        let step = announcing.step(id, at: MonotonicTime.now) { payload, tab in
            guard connections[tab.index]?.id == tab.id else { return false }
            loop?.sendSocket(at: tab.index, payload)
            return true
        }
        switch step {
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
        shared.keeper?.note(told: entry.told, of: entry.announcement.version)
        logger.info("A release was told.", metadata: ["id": "\(id)", "version": "\(entry.announcement.version)", "told": "\(entry.told)"])
    }
}
