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
    /// Open connections by version, names as shown to everybody.
    var versions: [String: Int]
    var subscribers: [SubscriptionKind: Int]
    var broadcasts: [StatisticsMode: Int]
    var appCalls: [AppCalls.Result: DurationHistogram]
    var connectionLimit: Int
    /// The releases that were out, the newest first.
    var releases: [String]
    var uptimeSeconds: Double
    var process: ProcessFacts
    /// nil where this node is alone.
    var cluster: ClusterMetrics?
    /// nil where there are none.
    var webhooks: WebhookMetrics?
    /// nil while no release is known.
    var rollout: RolloutMetrics?

    /// In Prometheus' text format. Never a route as a label, and versions only as the labels' rule allows.
    func text(_ labels: inout VersionLabels, at now: Duration) -> [UInt8] {
        var counters = Counters()
        for loop in loops { counters.merge(loop.counters) }
        let byLabel = labels.counts(of: versions, announced: releases, at: now)
        var text = MetricsText()
        connections(in: &text, counters)
        sockets(in: &text, counters)
        text.begin("version_connections", .gauge, "Open connections by version: announced ones, and others with three tabs for a minute.")
        for (version, count) in byLabel.sorted(by: { $0.key < $1.key }) {
            text.sample("version_connections", [("version", version)], count)
        }
        rollout?.append(to: &text)
        statistics(in: &text, counters)
        cluster?.append(to: &text)
        webhooks?.append(to: &text)
        operators(in: &text, counters)
        loops(in: &text)
        process(in: &text)
        return text.bytes
    }

    /// For each audience: opened − closed = open, by transport.
    private func connections(in text: inout MetricsText, _ counters: Counters) {
        for (audience, prefix, who) in [
            (Connection.Audience.tab, "connections", "connections that are counted"),
            (.observer, "observers", "connections that only watch"),
            (.crawler, "crawlers", "connections of crawlers"),
        ] {
            text.family(prefix, .gauge, "Open \(who).", label: "transport", counters.open(audience))
            text.family("\(prefix)_opened_total", .counter, "Opened \(who).", label: "transport", counters.opened(audience))
            text.begin("\(prefix)_closed_total", .counter, "Closed \(who), by reason.")
            for transport in Transport.allCases {
                for reason in Counters.ClosingReason.allCases {
                    let kind = Connection.Kind(transport: transport, audience: audience)
                    text.sample(
                        "\(prefix)_closed_total", [("transport", transport.rawValue), ("reason", reason.name)],
                        counters.closed[.init(kind: kind, reason: reason)])
                }
            }
        }
    }

    private func sockets(in text: inout MetricsText, _ counters: Counters) {
        text.single("reconnects_total", .counter, "Connections of tabs that said that they had one before.", counters.reconnects)
        text.family("connections_rejected_total", .counter, "Requests and connections refused.", label: "reason", counters.rejected)
        text.single("sockets", .gauge, "Open TCP connections, requests and handshakes included.", loops.reduce(0) { $0 + $1.openSockets })
        text.single("sockets_limit", .gauge, "The most TCP connections that may be open.", connectionLimit)
        text.single("handshakes_pending", .gauge, "Connections in their handshake.", loops.reduce(0) { $0 + $1.pendingHandshakes })
    }

    private func statistics(in text: inout MetricsText, _ counters: Counters) {
        let byMode = subscribers.reduce(into: [StatisticsMode: Int]()) { $0[$1.key.mode, default: 0] += $1.value }
        text.family("subscribers", .gauge, "Sockets that are told the statistics.", label: "mode", byMode)
        text.family("authorizations_total", .counter, "Answers to subscribe-stats.", label: "result", counters.authorizations)
        text.begin("app_call_seconds", .histogram, "How long the app behind --authorize-url took to answer, by what it said.")
        for result in AppCalls.Result.allCases {
            let calls = appCalls[result] ?? DurationHistogram()
            text.histogram("app_call_seconds", [("result", result.rawValue)], DurationHistogram.bounds, calls.counts, sum: calls.sum)
        }
        text.family("broadcasts_total", .counter, "Rounds of statistics that were encoded.", label: "mode", broadcasts)
        text.single(
            "pushes_coalesced_total", .counter, "Pushes that a slow subscriber did not get; a newer state followed.",
            counters.coalescedPushes)
        text.single(
            "slow_consumers_total", .counter, "Sockets closed because they did not read.",
            counters.closed(.disconnected(.slowConsumer)))
        text.family("messages_total", .counter, "Messages from clients.", label: "type", counters.messages.counts)
        text.family("messages_ignored_total", .counter, "Messages from clients that were ignored.", label: "reason", counters.ignored)
        text.single(
            "sent_bytes_total", .counter, "Bytes handed to the kernel, framing not included.", loops.reduce(0) { $0 + $1.sentBytes })
    }

    private func operators(in text: inout MetricsText, _ counters: Counters) {
        text.begin("admin_requests_total", .counter, "Answered requests of operators.")
        for path in Endpoints.operatorsPaths {
            for result in Counters.AdminRequest.Result.allCases {
                text.sample(
                    "admin_requests_total", [("endpoint", path), ("result", result.rawValue)],
                    counters.adminRequests[.init(path: path, result: result)] ?? 0)
            }
        }
    }

    private func loops(in text: inout MetricsText) {
        text.begin("loop_lag_seconds", .histogram, "How late a loop was for its clock, ten times a second.")
        for loop in loops {
            text.histogram("loop_lag_seconds", [("loop", String(loop.index))], LagHistogram.bounds, loop.lag.counts, sum: loop.lag.sum)
        }
    }

    private func process(in text: inout MetricsText) {
        text.single("uptime_seconds", .gauge, "Seconds since the start.", uptimeSeconds)
        text.begin("release_info", .gauge, "The release that clients are told; always 1.")
        text.sample("release_info", [("version", releases.first ?? "")], 1)
        text.begin("build_info", .gauge, "Which program this is; always 1.")
        text.sample("build_info", BuildInfo.labels, 1)
        text.single("process_cpu_seconds_total", .counter, "CPU time of all threads.", process.cpuSeconds)
        text.single("process_resident_memory_bytes", .gauge, "Resident memory.", process.residentBytes)
        text.single("process_virtual_memory_bytes", .gauge, "Virtual memory.", process.virtualBytes)
        if let start = process.startTime { text.single("process_start_time_seconds", .gauge, "Start, in seconds since 1970.", start) }
        text.single("process_open_fds", .gauge, "Open file descriptors.", process.openFiles)
        text.single("process_max_fds", .gauge, "The limit of file descriptors.", process.maxFiles)
    }
}
