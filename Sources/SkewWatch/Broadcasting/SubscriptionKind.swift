internal import SkewProtocol

/// What a subscriber wants and may see: subscribers of one kind get the same bytes.
struct SubscriptionKind: Hashable, Sendable {
    var mode: StatisticsMode
    var scope: StatisticsScope

    /// The form of its whole `stats`; in delta mode that of the first one and of those that mend a gap.
    func form(tracksRoutes: Bool) -> StatisticsForm {
        StatisticsForm(scope: scope.shown, listsConnections: mode != .summary, tracksRoutes: tracksRoutes)
    }
}
