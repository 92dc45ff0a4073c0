/// What a node says: what changed here, what it was asked for, that it is there.
extension ClusterNode {
    /// Says what is due: counts that changed, answers to who asked, the heartbeat.
    mutating func tell(at now: Duration, using random: inout some RandomNumberGenerator) -> [Action] {
        var actions: [Action] = []
        let isHeartbeatDue = times.isHeartbeatDue(at: now)
        let answered = times.takeSnapshotsDue(at: now)
        defer { times.didHurryCounts() }
        let told = peers.sectionsToTell
        for section in told {
            // What a heartbeat or a snapshot says must be whole.
            if isHeartbeatDue || answered.contains(section) || isFlushDue(section, at: now) { actions += flush(section, at: now) }
        }
        for section in answered {
            guard told.contains(section), let stream = streams[section] else { continue }
            let moved = section == .summary ? moves.entries(at: now) : []
            actions.append(publish(.snapshot(stream.snapshot(), transit: moved, isSettled: !link.isSettling(at: now))))
        }
        actions += tellClaims(at: now).map { publish($0) }
        if isHeartbeatDue {
            times.didHeartbeat(at: now, using: &random)
            actions.append(publish(.heartbeat(heartbeat(at: now))))
        }
        return actions
    }

    /// A small cluster tells after 100 ms; in a large one each waits longer, so that what all hear together stays the same.
    private func isFlushDue(_ section: Section, at now: Duration) -> Bool {
        if section != .rows, moves.isTellingDue || times.areCountsHurried { return true }
        guard let since = streams[section]?.changedSince else { return false }
        return now - since >= min(.milliseconds(500), max(.milliseconds(100), .milliseconds(5) * peers.peers.count))
    }

    private mutating func flush(_ section: Section, at now: Duration) -> [Action] {
        let moved = section == .summary ? moves.takeUntold(at: now) : []
        guard let delta = streams[section]?.takeDelta(at: now) ?? emptyDelta(section, if: !moved.isEmpty) else { return [] }
        return [publish(.delta(delta, transit: moved))]
    }

    /// Transit without a count that changed: it travels with the number that is already known, so no copy falls behind.
    private func emptyDelta(_ section: Section, if isNeeded: Bool) -> SectionDelta? {
        guard isNeeded, let mark = streams[section]?.mark else { return nil }
        return SectionDelta(section: section, sequence: mark.sequence, age: .zero, entries: [])
    }

    /// Says that this node goes, and whom of its tabs the others are to expect.
    mutating func sayGoodbye(at now: Duration) -> [Action] {
        flush(.summary, at: now) + [publish(.leave(transit: moves.own(at: now)))]
    }

    private mutating func heartbeat(at now: Duration) -> Heartbeat {
        lastUptime = max(now - started, lastUptime + .microseconds(1))
        var heartbeat = Heartbeat(
            label: identity.label, software: identity.software, basePath: identity.basePath, state: state, uptime: lastUptime, wants: wants,
            marks: peers.sectionsToTell.compactMap { streams[$0]?.mark }, isEmpty: streams.values.allSatisfy { $0.hasToldNothing },
            hears: peers.hears(at: now).map(\.mark), misses: peers.misses(at: now), asks: peers.takeQuestions(at: now), release: register)
        heartbeat.revocations = revocations.told(at: now)
        addOrders(to: &heartbeat, at: now)
        return heartbeat
    }

    private func publish(_ body: ClusterMessage.Body) -> Action {
        .publish(ClusterMessage(sender: identity.instance, body: body))
    }
}
