/// The form of a log line.
package enum LogFormat: String, Sendable, CaseIterable {
    /// For people: time, level, message, then `key=value`.
    case text
    /// For machines: one JSON object per line.
    case json
}
