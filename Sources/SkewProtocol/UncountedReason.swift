/// Why a connection is served but not counted, as `connected` says it: a closed set.
package enum UncountedReason: String, Sendable, CaseIterable {
    /// It calls itself a crawler.
    case crawler
    /// It only watches, and said so.
    case observer
    /// The server counts nobody.
    case trackingOff = "tracking-off"
}
