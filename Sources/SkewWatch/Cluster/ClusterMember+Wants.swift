internal import Presence
internal import SkewCluster
internal import SkewProtocol

/// What is looked at: nodes tell each other routes and rows only while somebody does.
extension ClusterMember {
    /// Routes and rows are told for so long after the last one looked at them.
    private static let linger = Duration.seconds(60)
    /// Who asks for what nobody asked for before waits so long for the others' answers.
    private static let patience = Duration.seconds(1)

    /// What the fleet asks for of the rows of other nodes.
    struct ListRequest: Sendable {
        /// How many may be listed.
        var limit: Int
        /// How many may be listed over all nodes, this one included.
        var places: Int
        /// Names that are shown otherwise from now on.
        var renamed: RenamedNames
        /// Whether all rows are wanted, not only what became of some.
        var wantsRows: Bool
    }

    /// What the fleet is handed of the other nodes.
    struct Exchange: Sendable {
        var delta: StatisticsDelta
        var report: ClusterReport
        var lastChange: Duration?
        /// How many places of the list are theirs.
        var reserved: Int
        /// Their listed rows, where they were wanted.
        var rows: [ConnectionRow]
    }

    /// Somebody on this node looks at routes or at lists, or nobody does any more. Returns when the others have told theirs, or after a
    /// second.
    func want(routes: Bool, lists: Demand.Lists) async {
        let now = MonotonicTime.now
        var wants: Heartbeat.Wants = routes && settings.tracksRoutes ? .routes : []
        if lists != .none { wants.insert(.rows) }
        if lists == .addresses { wants.insert(.addresses) }
        guard wants != self.wants else { return }
        (self.wants, wantsKeptUntil) = (wants, now + Self.linger)
        guard !wants.isSubset(of: toldWants) else { return }
        tell(toldWants.union(wants), at: now)
        let sections = Section.allCases.filter { !$0.want.isEmpty && wants.isSuperset(of: $0.want) }
        while !sections.allSatisfy({ node.isSynced($0) }), MonotonicTime.now < now + Self.patience {
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    func tell(_ wants: Heartbeat.Wants, at now: Duration) {
        toldWants = wants
        bus.listen(to: channels)
        node.want(wants, at: now)
    }

    /// Where this node listens besides.
    var channels: Set<BusChannel> {
        var channels: Set<BusChannel> = [.node(node.identity.instance.mark)]
        if toldWants.contains(.routes) { channels.insert(.routes) }
        if toldWants.contains(.rows) { channels.insert(.rows) }
        return channels
    }

    /// The loops tell rows only while another node looks at them. They are asked before the other's question is answered.
    func hearWants(_ fleet: Fleet) async {
        let wants = node.wantsOfOthers.intersection(.lists)
        guard wants != heardWants else { return }
        heardWants = wants
        await fleet.peersWant(rowsWithAddresses: wants.contains(.rows) ? wants.contains(.addresses) : nil)
        await fleet.refresh()
    }
}

extension ClusterMessage.Body {
    /// Who needs it: what is told of routes and rows is for those who look at them.
    var channel: BusChannel {
        let section: Section
        switch self {
        case .delta(let delta, _): section = delta.section
        case .snapshot(let snapshot, _, _): section = snapshot.section
        case .heartbeat, .leave, .note, .claims: return .all
        case .answer(let answer): return .node(answer.asker)
        }
        switch section {
        case .summary: return .all
        case .routes: return .routes
        case .rows: return .rows
        }
    }
}
