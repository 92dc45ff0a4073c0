/// What happens in a rollout that a team wants to hear of: a rule, handed what is known at each look, and the time.
///
/// Unknown is not zero: a view with a doubt breaks whatever has to hold for some time, and nothing counts as gone just after a start.
/// Times are durations since one fixed start on a monotonic clock.
package struct RolloutEvents: Sendable {
    package enum Event: Sendable, Equatable {
        /// A release is out.
        case announced
        /// A version has tabs that had none before.
        case appeared(String)
        /// A version has had no tab for a minute.
        case drained(String)
        /// Nobody has run anything but the release for a minute.
        case done
        /// Old tabs are there, and none of them has gone for an hour.
        case stalled
    }

    /// Which release it is: one that is announced again is another one.
    package struct Release: Sendable, Equatable {
        package var version: String
        /// When it was announced, in milliseconds since 1970; nil where it only was a setting.
        package var announcedAt: Int64?

        package init(version: String, announcedAt: Int64?) { (self.version, self.announcedAt) = (version, announcedAt) }
    }

    /// What must outlive a restart, so that nothing is told twice or never.
    package struct Memory: Sendable, Equatable {
        /// Versions with tabs, as far as was told.
        package var open: Set<String> = []
        /// The last one that was told.
        package var release: Release?
        /// Whether somebody has run something else since it is out.
        package var hadOld = false
        /// Whether it was told that nobody does any more.
        package var isDone = false
        /// Whether it was told that nobody leaves.
        package var isStalled = false

        package init() {}
    }

    /// For how long nobody may be there, and nothing be doubtful, until something counts as gone; for so long after a start nothing does.
    package static let quiet = Duration.seconds(60)
    /// For how long a version must be there until it is told.
    package static let presence = Duration.seconds(10)
    /// For how long old tabs stay until a rollout counts as stalled.
    package static let patience = Duration.seconds(3600)
    /// Versions that are told in an hour, whether they come or go: anybody can claim versions.
    package static let mostVersions = 60

    package private(set) var memory: Memory
    /// Whether it is known what was there before: else what is there in the first minute is no news.
    private var hasPast: Bool
    private var hasLooked = false
    private let previews: [String]
    private var comingSince = Lasting()
    private var goneSince = Lasting()
    private var doneSince: Duration?
    private var oldCounts: [String: Int] = [:]
    private var lastLeft: Duration?
    private var toldVersions: [Duration] = []

    /// - Parameters:
    ///   - memory: what an earlier run has told; nil where nobody knows.
    ///   - previews: versions that are never old: a name, or a beginning and `*`.
    package init(memory: Memory? = nil, previews: [String] = []) {
        (self.memory, hasPast, self.previews) = (memory ?? Memory(), memory != nil, previews)
    }

    /// Takes in what is known now.
    /// - Returns: what is news, in the order to be told.
    package mutating func look(_ view: RolloutView, announcedAt: Int64?, at now: Duration) -> [Event] {
        defer { hasLooked = true }
        let isWhole = view.doubts(watchedFor: Self.quiet).isEmpty
        return release(view, announcedAt, now) + coming(view, now) + going(view, isWhole, now) + rollout(view, isWhole, now)
    }

    /// How many tabs are old: neither on the release nor a preview; nil while no release is known.
    package func old(in view: RolloutView) -> Int? { view.release.map { _ in oldVersions(of: view).values.reduce(0, +) } }

    private func oldVersions(of view: RolloutView) -> [String: Int] {
        view.versions.filter { $0.key != view.release && !RolloutCourse.matches($0.key, previews) }
    }

    private mutating func release(_ view: RolloutView, _ announcedAt: Int64?, _ now: Duration) -> [Event] {
        let release = view.release.map { Release(version: $0, announcedAt: announcedAt) }
        guard release != memory.release else { return [] }
        if let release, let known = memory.release, release.version == known.version, let now = release.announcedAt,
            let before = known.announcedAt, now < before
        {
            // Another node knew better since when it is out.
            memory.release = release
            return []
        }
        (memory.release, memory.hadOld, memory.isDone, memory.isStalled) = (release, false, false, false)
        (doneSince, lastLeft) = (nil, now)
        return release != nil && (hasPast || hasLooked) ? [.announced] : []
    }

    private mutating func coming(_ view: RolloutView, _ now: Duration) -> [Event] {
        let names = view.versions.filter { $0.value > 0 && !Self.isNoVersion($0.key) && !memory.open.contains($0.key) }.keys
        let lasting = comingSince.lasting(names, for: Self.presence, at: now)
        if !hasPast, view.age < Self.quiet {
            memory.open.formUnion(names)
            return []
        }
        let told = tellable(lasting, now)
        memory.open.formUnion(told)
        return told.map { .appeared($0) }
    }

    private mutating func going(_ view: RolloutView, _ isWhole: Bool, _ now: Duration) -> [Event] {
        let names = isWhole ? memory.open.filter { view.versions[$0] ?? 0 == 0 } : []
        let told = tellable(goneSince.lasting(names, for: Self.quiet, at: now), now)
        memory.open.subtract(told)
        return told.map { .drained($0) }
    }

    private mutating func rollout(_ view: RolloutView, _ isWhole: Bool, _ now: Duration) -> [Event] {
        guard view.release != nil else { return [] }
        let versions = oldVersions(of: view)
        let old = versions.values.reduce(0, +)
        if old > 0 { memory.hadOld = true }
        guard old > 0 else {
            (lastLeft, oldCounts) = (now, [:])
            // Just after a start they come back.
            if isWhole { memory.isStalled = false }
            doneSince = isWhole && memory.hadOld && !memory.isDone ? doneSince ?? now : nil
            guard let since = doneSince, now - since >= Self.quiet else { return [] }
            memory.isDone = true
            return [.done]
        }
        doneSince = nil
        // What cannot be seen neither goes nor stays.
        guard view.partial.isEmpty else { return [] }
        defer { oldCounts = versions }
        let hasLeft = oldCounts.contains { versions[$0.key] ?? 0 < $0.value }
        if hasLeft { memory.isStalled = false }
        if hasLeft || lastLeft == nil { lastLeft = now }
        guard !memory.isStalled, let lastLeft, now - lastLeft >= Self.patience else { return [] }
        memory.isStalled = true
        return [.stalled]
    }

    /// As many of these as may be told within an hour.
    private mutating func tellable(_ names: [String], _ now: Duration) -> [String] {
        toldVersions.removeAll { now - $0 >= .seconds(3600) }
        let told = names.prefix(max(0, Self.mostVersions - toldVersions.count))
        toldVersions += told.map { _ in now }
        return Array(told)
    }

    private static func isNoVersion(_ name: String) -> Bool { name == Statistics.otherName || name == "unknown" }
}

/// Since when something holds of each of some names.
private struct Lasting {
    private var since: [String: Duration] = [:]

    /// It holds of these names now, and of no others.
    /// - Returns: those of which it has held for so long, in order.
    mutating func lasting(_ names: some Sequence<String>, for span: Duration, at now: Duration) -> [String] {
        since = Dictionary(uniqueKeysWithValues: names.map { ($0, since[$0] ?? now) })
        return since.filter { now - $0.value >= span }.keys.sorted()
    }
}
