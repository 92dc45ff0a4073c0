/// What somebody did with an announcement, as far as a list of releases does not say it.
package struct Act: Sendable, Equatable {
    /// The raw value is what the wire and the file say.
    package enum Kind: String, Sendable, CaseIterable {
        /// Something was announced, and the release stayed what it was.
        case announced
        /// An announcement went on at another pace.
        case paced
        /// An announcement was stopped.
        case stopped
    }

    package var kind: Kind
    /// The number of the announcement.
    package var number: Int
    /// Milliseconds since 1970.
    package var at: Int64
    package var version: String
    /// Who did it; nil where nobody knows.
    package var by: String?
    /// How many tabs were told: by then, or of what was announced in the end; nil while nobody knows.
    package var told: Int?
    /// How many tabs it was for, where it was stopped.
    package var matching: Int?
    /// Tabs per second from then on, 0 for at once, where the pace changed.
    package var rate: Int?
    /// To whom it was limited, in a few words; nil for all tabs.
    package var target: String?

    package init(
        _ kind: Kind, number: Int, at: Int64, version: String, by: String?, told: Int? = nil, matching: Int? = nil, rate: Int? = nil,
        target: String? = nil
    ) {
        (self.kind, self.number, self.at, self.version, self.by) = (kind, number, at, version, by)
        (self.told, self.matching, self.rate, self.target) = (told, matching, rate, target)
    }
}
