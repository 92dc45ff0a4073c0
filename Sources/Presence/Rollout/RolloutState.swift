/// Where a rollout stands, in one word.
package enum RolloutState: String, Sendable, CaseIterable {
    /// What is known is not the present.
    case stale
    case nobodyHere = "nobody-here"
    case noRelease = "no-release"
    /// Many tabs went at once, and not by people.
    case dropped
    /// The release has no tab, while others are open.
    case nobody
    /// A version that was never announced takes the release's place.
    case notAnnounced = "not-announced"
    case done
    /// The release was out before the last one, too.
    case rollingBack = "rolling-back"
    /// There are more old tabs than before.
    case growing
    case stalled
    case slowing
    case rollingOut = "rolling-out"
}

/// The state of a rollout with the figures behind it. Times and spans are milliseconds; what is not known is nil.
package struct RolloutFacts: Sendable, Equatable {
    /// In how long half of the old tabs will be gone, at the pace of now; `low` to `high` held in 80 % of simulated rollouts.
    package struct Half: Sendable, Equatable {
        package var about: Double
        package var low: Double
        package var high: Double
    }
    package struct Drop: Sendable, Equatable {
        package var at: Int64
        package var from: Int
        package var lost: Int
    }
    package struct Rising: Sendable, Equatable {
        package var version: String
        package var gained: Int
        package var span: Int64
    }

    package var state = RolloutState.stale
    package var now: Int64
    package var release: String?
    /// When the release was announced.
    package var announced: Int64?
    /// The release before, or else the version with most old tabs.
    package var former: String?
    package var total = 0
    package var current = 0
    package var old = 0
    /// Tabs of previews: neither old nor current.
    package var preview = 0
    /// Tabs of versions that came after the release and were not announced.
    package var newer = 0
    package var newerNames: Set<String> = []
    /// Old tabs that closed in the last minute.
    package var closing: Int?
    /// After how long so many per cent of the old tabs were gone; for 50, 90 and 99.
    package var milestones: [Int: Int64] = [:]
    package var slowing: Double?
    package var half: Half?
    /// How long ago the last old tab closed.
    package var quiet: Int64 = 0
    /// How long none may close before that is unusual.
    package var patience: Double = 0
    package var drop: Drop?
    package var nearest: String?
    package var rising: Rising?
    /// Old tabs more than two minutes ago.
    package var gained: Int?
    /// Since when no old tab is open, and how long that took.
    package var since: Int64?
    package var took: Int64?

    package init(now: Int64, release: String?, announced: Int64? = nil) {
        (self.now, self.release, self.announced) = (now, release, announced)
    }
}
