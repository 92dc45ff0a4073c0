internal import HistoryStore
internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// Puts together what there is to say of a rollout: the fleet of the moment, the releases, and what is remembered.
struct RolloutBoard: Sendable {
    let shared: SharedState
    let fleet: Fleet
    let tracksRoutes: Bool
    /// Whether somebody names whose tabs are.
    let tracksTags: Bool
    let announcer: Announcer

    /// What the rules go by.
    var view: RolloutView {
        get async { shared.view(of: await fleet.counts) }
    }

    /// The answer of `GET /admin/rollout`, as far as its reader may see it.
    func report(for scope: StatisticsScope) async -> RolloutReport {
        let (showsRoutes, showsTags) = (scope >= .routes && tracksRoutes, scope >= .tags && tracksTags)
        let census = showsRoutes || showsTags ? await fleet.census : nil
        let counts = if let census { census.counts } else { await fleet.counts }
        let view = shared.view(of: counts)
        let moment = MonotonicTime.wallClockMilliseconds
        shared.history.note(view.versions, at: moment)
        var report = RolloutReport(view: view, records: shared.history.records, timestamp: moment)
        report.announcedAt = shared.decisions.releaseHistory.announcedAt
        if showsRoutes { report.routes = census?.routesByVersion }
        // Of those on the release nobody asks who they are, and they are the most.
        if showsTags { report.tags = census?.tagsByVersion.filter { $0.key != view.release } }
        report.cluster = counts.cluster
        let facts = course(view, moment).facts
        report.state = facts.state
        report.lastOld = facts.lastOld.map { .init(estimate: $0.estimate, low: $0.low, high: $0.high) }
        return report
    }

    /// The answer of `GET /admin/history` for a span: from disk, or else what is in memory.
    func history(_ query: HistoryQuery, isCSV: Bool) async -> HTTPResponse {
        let now = MonotonicTime.wallClockMilliseconds
        let samples: [RolloutCourse.Sample]
        if let kept = await shared.keeper?.samples(from: query.from, to: query.to, step: query.step) {
            samples = kept.map { .init(at: $0.time, versions: $0.versions) }
        } else {
            let (hour, day) = shared.history.histories
            let span = query.step < 300_000 && query.from >= now - 3_600_000 ? hour : day
            samples = span.timed(now: MonotonicTime.now, wallClockMilliseconds: now).filter { query.from <= $0.at && $0.at <= query.to }
        }
        let releases: [HistoryReport.Release]
        if let kept = await shared.keeper?.releases(from: query.from, to: query.to) {
            releases = kept.map { .init(at: $0.time, version: $0.version, by: $0.by, told: $0.told, target: $0.target) }
        } else {
            releases = shared.decisions.releaseHistory.told.filter { query.from <= $0.at && $0.at <= query.to }
        }
        let acts =
            await shared.keeper?.acts(from: query.from, to: query.to)
            ?? shared.decisions.acts.filter { query.from <= $0.at && $0.at <= query.to }
        let report = HistoryReport(
            release: shared.release, now: now, from: query.from, to: query.to, step: query.step, samples: samples, releases: releases,
            acts: acts)
        guard isCSV else { return .json(200, report.encoded) }
        return HTTPResponse(
            status: 200, headers: [("Content-Type", "text/csv; charset=utf-8; header=present"), ("Cache-Control", "no-store")],
            body: report.csv)
    }

    private func course(_ view: RolloutView, _ moment: Int64) -> RolloutCourse {
        let now = MonotonicTime.now
        var samples = shared.history.histories.hour.timed(now: now, wallClockMilliseconds: moment)
        samples.removeAll { $0.at >= moment }
        samples.append(.init(at: moment, versions: view.versions))
        return RolloutCourse(
            now: moment, isLive: view.partial.isEmpty, release: view.release,
            releases: shared.decisions.releaseHistory.entries.map { .init(version: $0.version, at: $0.since) }, previews: shared.previews,
            samples: samples)
    }
}

extension SharedState {
    /// What the rules of rollouts go by.
    func view(of counts: FleetCounts) -> RolloutView {
        RolloutView(
            total: counts.total, versions: counts.versions, release: release, partial: counts.cluster?.partial ?? [],
            returning: counts.cluster?.returning ?? 0, previews: previews, age: MonotonicTime.now - startedAt)
    }
}
