internal import SkewCluster

extension Configuration {
    /// Connects to Redis, logs in, and says in one sentence what is wrong; nil where all is well or none is used. Blocks for some seconds
    /// where nobody answers.
    package func faultOfRedis() -> String? {
        guard let location = redisURL.flatMap({ RedisLocation($0.exposed) }) else { return nil }
        guard let fault = RedisBus(location, namespace: clusterNamespace, caFile: redisCA).check() else { return nil }
        return "\(source(of: "redis-url")) leads to \(location.shown), which cannot be used: \(fault.sentence)"
    }
}
