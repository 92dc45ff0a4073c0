internal import Presence
internal import SkewCluster

/// The rows of one loop, and whether somebody follows how they change. A value, handed the time.
struct RecordedRoster: Sendable {
    private var roster: Roster
    /// Whether somebody follows the changes.
    private var isFollowed = false
    /// The time of the newest change since they were last collected.
    private var lastChange: Duration?
    /// What other nodes are to hear of; nil while there are none.
    private var movements: Movements?
    /// The rows of tabs that were connected before, for as long as another node may be asked for them.
    private var claims = FreshClaims()

    /// - Parameters:
    ///   - start: milliseconds since 1970, before which no connection opened.
    ///   - isClustered: whether other nodes are to hear who comes, and who is moved elsewhere.
    init(start: Int64 = 0, release: String? = nil, isClustered: Bool = false) {
        roster = Roster(start: start)
        roster.setRelease(release)
        movements = isClustered ? Movements() : nil
    }

    /// Another release is out: connections that do not run it are listed first.
    /// - Returns: whether the change is the first since the last collection.
    mutating func setRelease(_ version: String, at now: Duration) -> Bool {
        roster.setRelease(version)
        return noteChange(at: now)
    }

    // MARK: Rows

    /// - Parameters:
    ///   - since: when it opened, in milliseconds since 1970.
    ///   - isArrival: whether its tab may be one that another node has moved here; one that replaces a connection of this node is none.
    ///   - claim: which tab it is, where other nodes are to look for a former connection of it.
    /// - Returns: the row's slot, and whether the change is the first since the last collection: only that one wakes who follows.
    mutating func open(
        _ id: ConnectionID, version: String, route: String, since: Int64 = 0, address: String?, tag: String? = nil,
        isArrival: Bool = true, claim: TabClaim? = nil, at now: Duration
    ) -> (slot: Slot, isFirst: Bool) {
        let slot = roster.open(id, version: version, route: route, since: since, address: address, tag: tag)
        if movements != nil, let claim {
            claims.add(claim, slot, at: now)
            movements?.claimed.append(.came(claim, version: version, route: route, isReplacing: !isArrival))
        } else if isArrival {
            movements?.arrivals[version, default: 0] += 1
        }
        return (slot, noteChange(at: now))
    }

    /// - Parameter time: the same as `now`, in milliseconds since 1970.
    /// - Returns: whether the change is the first since the last collection.
    mutating func move(_ slot: Slot, to route: String, time: Int64? = nil, at now: Duration) -> Bool {
        roster.move(slot, to: route, at: time)
        if let key = claims.claim(at: slot)?.key { movements?.claimed.append(.moved(key, to: route)) }
        return noteChange(at: now)
    }

    /// Says whose a row is.
    /// - Returns: whether the change is the first since the last collection.
    mutating func tag(_ slot: Slot, _ tag: String?, at now: Duration) -> Bool {
        roster.tag(slot, tag) ? noteChange(at: now) : false
    }

    /// - Parameters:
    ///   - due: after this time the tab should be back, elsewhere; nil where it is gone.
    ///   - key: of the tab, where another node has claimed it.
    /// - Returns: whether the change is the first since the last collection.
    mutating func close(_ slot: Slot, due: Duration? = nil, key: TabKey? = nil, at now: Duration) -> Bool {
        let claim = claims.remove(slot)
        if let claim { movements?.claimed.append(.gone(claim)) }
        if let due {
            let row = roster.row(at: slot)
            movements?.displaced.append(DisplacedTab(version: row.version, route: row.route, closed: now, due: due, key: key ?? claim?.key))
        }
        roster.close(slot)
        return noteChange(at: now)
    }

    /// How often the tab of a row had connected before, where it came lately; nil where that is not known.
    func returns(at slot: Slot) -> Int? { claims.claim(at: slot)?.returns }

    func row(at slot: Slot) -> ConnectionRow { roster.row(at: slot) }

    private mutating func noteChange(at now: Duration) -> Bool {
        guard isFollowed else { return false }
        defer { lastChange = now }
        return lastChange == nil
    }

    /// All rows as they are now. A copy that costs nothing until the loop goes on.
    var rows: Roster { roster }

    // MARK: Who follows

    /// The total and the counts by version, for who does not follow what changes.
    var countsByVersion: Statistics { Statistics(total: roster.total, versions: roster.versionCounts) }

    /// Starts to record changes.
    /// - Returns: the roster at this moment, whose counts are the baseline. They are not added up here: the loop does not wait for it.
    mutating func startRecording(listing limit: Int) -> Roster {
        isFollowed = true
        lastChange = nil
        roster.startRecording(listing: limit)
        return roster
    }

    /// Stops to record changes.
    /// - Returns: the counts at this moment.
    mutating func stopRecording() -> Statistics {
        isFollowed = false
        lastChange = nil
        roster.stopRecording()
        return countsByVersion
    }

    /// Hands over what changed since the last call, and the rows with these names as if they had changed.
    mutating func collect(
        listing limit: Int, strictly isStrict: Bool = false, rows: Bool, roster wantsRoster: Bool, renamed: RenamedNames
    ) -> SourceChanges {
        claims.expire(at: lastChange ?? .zero)
        defer {
            lastChange = nil
            if movements != nil { movements = Movements() }
        }
        if rows { roster.retell(renamed) }
        let delta = roster.takeChanges(listing: limit, rows: rows, strictly: isStrict)
        return SourceChanges(delta: delta, roster: wantsRoster ? roster : nil, lastChange: lastChange, movements: movements)
    }
}
