internal import SkewProtocol
internal import WebSocketLoop

/// What one loop says for the metrics.
struct LoopReport: Sendable {
    var index: Int
    var counters: Counters
    var openSockets: Int
    var pendingHandshakes: Int
    var sentBytes: Int
    /// How late the loop was for its clock, since its start.
    var lag: LagHistogram
}

/// Everything `/metrics` shows at one moment.
struct MetricsReport: Sendable {
    var loops: [LoopReport]
    var fleet: FleetCounts
    var subscribers: [SubscriptionKind: Int]
    var broadcasts: [StatisticsMode: Int]
    var connectionLimit: Int
    var release: String?
    var uptimeSeconds: Double

    /// In Prometheus' text format. Never a route as a label; versions only up to the cap.
    var text: [UInt8] {
        var counters = Counters()
        for loop in loops { counters.merge(loop.counters) }
        var text = MetricsText()
        connections(in: &text, counters)
        statistics(in: &text, counters)
        process(in: &text)
        return text.bytes
    }

    private func connections(in text: inout MetricsText, _ counters: Counters) {
        text.family("connections", .gauge, "Open connections that are counted.", label: "transport", counters.open(.tab))
        text.family("connections_opened_total", .counter, "Connections opened.", label: "transport", counters.opened(.tab))
        text.begin("connections_closed_total", .counter, "WebSockets and streams closed, by reason.")
        for reason in DisconnectReason.allCases {
            text.sample("connections_closed_total", [("reason", reason.name)], counters.closed[reason] ?? 0)
        }
        text.family("connections_rejected_total", .counter, "Requests and connections refused.", label: "reason", counters.rejected)
        text.single(
            "crawlers_opened_total", .counter, "Connections of crawlers: served, not counted.",
            counters.opened(.crawler).values.reduce(0, +))
        text.single("sockets", .gauge, "Open TCP connections, requests and handshakes included.", loops.reduce(0) { $0 + $1.openSockets })
        text.single("sockets_limit", .gauge, "The most TCP connections that may be open.", connectionLimit)
        text.single("handshakes_pending", .gauge, "Connections in their handshake.", loops.reduce(0) { $0 + $1.pendingHandshakes })
        text.begin("version_connections", .gauge, "Open connections by version.")
        for (version, count) in fleet.versions.sorted(by: { $0.key < $1.key }) {
            text.sample("version_connections", [("version", version)], count)
        }
    }

    private func statistics(in text: inout MetricsText, _ counters: Counters) {
        let byMode = subscribers.reduce(into: [StatisticsMode: Int]()) { $0[$1.key.mode, default: 0] += $1.value }
        text.family("subscribers", .gauge, "Sockets that are told the statistics.", label: "mode", byMode)
        text.family("authorizations_total", .counter, "Answers to subscribe-stats.", label: "result", counters.authorizations)
        text.family("broadcasts_total", .counter, "Rounds of statistics that were encoded.", label: "mode", broadcasts)
        text.single(
            "pushes_coalesced_total", .counter, "Pushes that a slow subscriber did not get; a newer state followed.",
            counters.coalescedPushes)
        text.single(
            "slow_consumers_total", .counter, "Sockets closed because they did not read.", counters.closed[.slowConsumer] ?? 0)
        text.family("messages_total", .counter, "Messages from clients.", label: "type", counters.messages)
        text.family("messages_ignored_total", .counter, "Messages from clients that were ignored.", label: "reason", counters.ignored)
        text.single(
            "sent_bytes_total", .counter, "Bytes handed to the kernel, framing not included.", loops.reduce(0) { $0 + $1.sentBytes })
    }

    private func process(in text: inout MetricsText) {
        text.begin("loop_lag_seconds", .histogram, "How late a loop was for its clock, ten times a second.")
        for loop in loops {
            text.histogram("loop_lag_seconds", [("loop", String(loop.index))], LagHistogram.bounds, loop.lag.counts, sum: loop.lag.sum)
        }
        text.single("open_file_descriptors", .gauge, "Open file descriptors.", FileLimit.inUse)
        text.single("max_file_descriptors", .gauge, "The limit of file descriptors.", FileLimit.current)
        text.begin("uptime_seconds", .gauge, "Seconds since the start.")
        text.sample("uptime_seconds", [], uptimeSeconds)
        text.begin("release_info", .gauge, "The release that clients are told; always 1.")
        text.sample("release_info", [("version", release ?? "")], 1)
    }
}
