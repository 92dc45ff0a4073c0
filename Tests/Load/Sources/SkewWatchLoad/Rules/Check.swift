/// One thing that a run promises to have looked at, and how it came out.
struct Check: Equatable, Encodable {
    var name: String
    var held: Bool
    /// What was found: a figure where it held, the first faults where it did not.
    var found: String
}
