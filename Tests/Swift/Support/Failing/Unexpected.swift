/// Ends a test that got something else than it needs to go on.
package struct Unexpected: Error, CustomStringConvertible {
    package let description: String

    /// - Parameter got: what came instead; it is shown.
    package init<Got>(_ got: Got) { description = "\(got) came, and something else is needed" }
}
