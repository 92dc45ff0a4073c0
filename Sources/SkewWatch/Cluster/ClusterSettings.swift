internal import Glibc
internal import SkewCluster

/// What a member of a cluster goes by.
struct ClusterSettings: Sendable {
    var namespace: String
    /// What people call this node.
    var name: String
    var secret: Secret?
    /// So many nodes should be up; nil where nobody said.
    var size: Int?
    var basePath: String
    var release: String?
    var maxVersions: Int
    var maxRoutes: Int
    /// How many connections are listed at most.
    var maxRows: Int
    var tracksRoutes: Bool
    /// What is shown of where the bus is.
    var place: String
    var database: Int
}

extension ClusterSettings {
    /// - Parameter release: the one that this node begins with: of its disk or its settings.
    init(_ configuration: Configuration, _ location: RedisLocation?, release: String? = nil) {
        self.init(
            namespace: configuration.clusterNamespace, name: configuration.nodeID ?? Self.hostName, secret: configuration.clusterSecret,
            size: configuration.clusterSize, basePath: configuration.basePath, release: release,
            maxVersions: configuration.maxVersions, maxRoutes: configuration.maxRoutes, maxRows: configuration.maxListedConnections,
            tracksRoutes: configuration.routeTracking,
            place: location?.shown ?? "memory", database: location?.database ?? 0)
    }

    private static var hostName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return "" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(truncatingIfNeeded: $0) }.prefix(64), as: UTF8.self)
    }
}
