/// The form in which a subscriber gets the statistics.
package enum StatisticsMode: String, Sendable, Hashable, CaseIterable {
    /// The whole state each time: what a client that names no mode gets.
    case snapshot
    /// One whole state, then only what changed.
    case delta
    /// The whole state without the list of connections.
    case summary
}
