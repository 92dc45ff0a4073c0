import FoundationEssentials

/// What a server says of its tabs where one asks it: everything that is not a subscription. Each asks anew.
struct Surfaces {
    let target: Target
    let basePath: String
    let token: String
    /// Where `/metrics` is; nil where nobody knows.
    let metrics: Target?

    /// Where a rollout stands.
    struct Rollout: Decodable {
        struct Version: Decodable {
            var version: String
            var tabs: Int
            var routes: [String: Int]?
        }
        var total: Int
        var current: Int?
        var old: Int?
        var versions: [Version]
    }

    /// All that is counted.
    struct Counts: Decodable, Equatable {
        var total: Int
        var versions: [String: Int]
        var routes: [String: Int]
    }

    private struct Announcements: Decodable { var announcements: [Progress] }

    /// How far an announcement is.
    struct Progress: Decodable, Equatable {
        var matching: Int
        var told: Int
        var left: Int
        var state: String
    }

    var rollout: Rollout? { read("/admin/rollout") }
    var counts: Counts? { read("/admin/stats") }
    /// The newest announcement; nil where none is known.
    var progress: Progress? { (read("/admin/release") as Announcements?)?.announcements.last }

    private var metricsText: String? {
        guard let metrics,
            let answer = PlainRequest.send("GET", "/metrics", to: metrics.address, host: metrics.host, token: token), answer.status == 200
        else { return nil }
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// How often the loops looked at their clocks so far, and how often they were late by more than 5 ms.
    var lag: (looks: Int, late: Int)? {
        guard let text = metricsText else { return nil }
        var (looks, inTime) = (0, 0)
        for line in text.split(separator: "\n") where line.hasPrefix("skewwatch_loop_lag_seconds_bucket{") {
            guard let space = line.lastIndex(of: " "), let count = Double(line[space...].dropFirst()) else { continue }
            if line.contains("le=\"+Inf\"") { looks += Int(count) }
            if line.contains("le=\"0.005\"") { inTime += Int(count) }
        }
        return (looks, looks - inTime)
    }

    /// The versions as Prometheus is told them, and the old and current tabs.
    var gauges: (versions: [String: Int], states: [String: Int])? {
        guard let text = metricsText else { return nil }
        return (
            Self.samples(of: "skewwatch_version_connections{version=\"", in: text),
            Self.samples(of: "skewwatch_rollout_tabs{state=\"", in: text)
        )
    }

    /// The samples of a metric with one label, by its value.
    static func samples(of start: String, in text: String) -> [String: Int] {
        var found: [String: Int] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix(start) {
            let rest = line.dropFirst(start.count)
            guard let end = rest.firstIndex(of: "\""), let space = line.lastIndex(of: " "), let value = Double(line[space...].dropFirst())
            else { continue }
            found[String(rest[..<end])] = Int(value)
        }
        return found
    }

    private func read<Value: Decodable>(_ path: String) -> Value? {
        let answer = PlainRequest.send("GET", basePath + path, to: target.address, host: target.host, token: token)
        return answer.flatMap { try? JSONDecoder().decode(Value.self, from: Data($0.body)) }
    }
}

extension Course {
    /// Holds every surface against what is so, while nothing moves.
    /// - Parameter announced: how many tabs the announcement was for; nil where nobody asks, or it went with its server.
    func compare(_ surfaces: Surfaces, release: String, announced: Int?, _ moment: String) {
        let truth = crowd.truth
        let (versions, total) = (truth.versions, truth.versions.values.reduce(0, +))
        let current = versions[release] ?? 0
        let counts = surfaces.counts
        check(
            "/admin/stats \(moment)", counts == .init(total: total, versions: versions, routes: truth.routes),
            counts.map { "\(Numbers.text($0.total)) tabs, \($0.versions.count) versions, \($0.routes.count) routes" } ?? "no answer")
        let rollout = surfaces.rollout
        let told = rollout.map { Dictionary($0.versions.map { ($0.version, $0.tabs) }) { $0 + $1 }.filter { $0.value > 0 } }
        check(
            "/admin/rollout \(moment)",
            rollout?.total == total && rollout?.current == current && rollout?.old == total - current && told == versions,
            "\(rollout.map { "\($0.current ?? -1) of \($0.total)" } ?? "no answer"), true: \(current) of \(total)")
        let routes = rollout?.versions.reduce(into: [String: Int]()) { $0.merge($1.routes ?? [:], uniquingKeysWith: +) }
        check("routes by version \(moment)", routes == truth.routes, "\(routes?.count ?? 0) routes")
        if surfaces.metrics != nil {
            let gauges = surfaces.gauges
            let states = gauges?.states["current"] == current && gauges?.states["old"] == total - current
            // A version that nobody announced has no label of its own for a minute after a start.
            let isRight = states && gauges?.versions.values.reduce(0, +) == total && gauges?.versions[release] ?? 0 == current
            check(
                "/metrics \(moment)", isRight,
                gauges.map { "\($0.states["old"] ?? -1) old, \($0.states["current"] ?? -1) current, \($0.versions.count) labels" }
                    ?? "no answer")
        }
        guard let announced else { return }
        let progress = surfaces.progress
        check(
            "/admin/release \(moment)", progress == .init(matching: announced, told: announced, left: 0, state: "done"),
            progress.map { "\($0.told) of \($0.matching) told, \($0.left) left, \($0.state)" } ?? "no answer")
    }
}
