/// What was done with an announcement, as it lies in the file.
package struct ActRecord: Sendable, Equatable {
    /// Milliseconds since 1970.
    package var time: Int64
    /// The number of the announcement.
    package var number: Int
    /// What was done; a later version may know more kinds.
    package var kind: String
    package var version: String
    /// Who did it, as far as that is known.
    package var by: String?
    package var told: Int?
    package var matching: Int?
    package var rate: Int?
    /// To whom it was limited, in a few words.
    package var target: String?

    package init(
        time: Int64, number: Int, kind: String, version: String, by: String? = nil, told: Int? = nil, matching: Int? = nil,
        rate: Int? = nil, target: String? = nil
    ) {
        (self.time, self.number, self.kind, self.version, self.by) = (time, number, kind, version, by)
        (self.told, self.matching, self.rate, self.target) = (told, matching, rate, target)
    }
}
