internal import Logging
internal import SkewCluster

/// What is written about a cluster: one line for each change, whatever its messages do. A value that remembers what it has said.
struct ClusterLog {
    private let logger: Logger
    private var isLinked: Bool?
    private var fault: BusFault?
    private var partial: [String] = []
    private var states: [InstanceID: NodeEntry.State] = [:]
    private var warned: Set<String> = []
    private static let maxWarned = 1000

    init(_ logger: Logger) {
        self.logger = logger
    }

    mutating func connected(to place: String) {
        defer { (isLinked, fault) = (true, nil) }
        if isLinked != true { logger.info("Connected to the other nodes' Redis.", metadata: ["redis": "\(place)"]) }
    }

    mutating func lost(_ fault: BusFault, _ place: String) {
        defer { (isLinked, self.fault) = (false, fault) }
        // A node that asked for another connection will have one in a moment; what keeps failing for the same reason is told once.
        guard isLinked != false || self.fault != fault else { return }
        logger.warning(
            "There is no connection to the other nodes' Redis; it is tried again and again.",
            metadata: ["redis": "\(place)", "reason": "\(fault.rawValue)", "detail": "\(fault.sentence)"])
    }

    /// Says what is different since the last time.
    mutating func look(at nodes: [NodeEntry], partial now: [String], own: NodeEntry) {
        for node in nodes where !node.isSelf {
            let before = states.updateValue(node.state, forKey: node.instance)
            if before != node.state { tell(node, before) }
            if node.name == own.name, !own.name.isEmpty, node.state != .left, node.state != .lost {
                warnOnce("Two nodes have one --node-id; both are counted.", node, "id")
            }
            if !node.basePath.isEmpty, node.basePath != own.basePath {
                warnOnce("A node of another base path is in this --cluster-namespace: its tabs are counted with these.", node, "path")
            }
        }
        let known = Set(nodes.map(\.instance))
        states = states.filter { known.contains($0.key) }
        guard now != partial else { return }
        partial = now
        if now.isEmpty {
            logger.info("The numbers are whole.")
        } else {
            logger.warning("The numbers may not be whole.", metadata: ["partial": "\(now.joined(separator: " "))"])
        }
    }

    private func tell(_ node: NodeEntry, _ before: NodeEntry.State?) {
        let metadata: Logger.Metadata = ["node": "\(node.name)", "instance": "\(node.instance)", "software": "\(node.software)"]
        switch (before, node.state) {
        case (nil, .joining), (nil, .up): logger.info("A node has come.", metadata: metadata)
        case (.silent, .up), (.silent, .joining), (.lost, _): logger.info("A node is heard again.", metadata: metadata)
        case (_, .silent): logger.warning("A node is silent.", metadata: metadata)
        case (_, .lost): logger.warning("A node is lost; it is not counted any more.", metadata: metadata)
        case (_, .leaving): logger.info("A node is leaving.", metadata: metadata)
        case (_, .left): logger.info("A node has left.", metadata: metadata)
        default: break
        }
    }

    private mutating func warnOnce(_ line: Logger.Message, _ node: NodeEntry, _ key: String) {
        guard warned.count < Self.maxWarned, warned.insert("\(key) \(node.instance)").inserted else { return }
        logger.warning(line, metadata: ["node": "\(node.name)", "instance": "\(node.instance)", "path": "\(node.basePath)"])
    }

    /// A release that another node was started with differs from this one's.
    mutating func foreign(_ instance: InstanceID) {
        guard warned.count < Self.maxWarned, warned.insert("schema \(instance)").inserted else { return }
        logger.warning("A node speaks another version of the protocol and is not counted.", metadata: ["instance": "\(instance)"])
    }
}
