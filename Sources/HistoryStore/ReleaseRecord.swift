/// A release that was told to tabs, or set at a start.
package struct ReleaseRecord: Sendable, Equatable {
    /// Where it came from. The raw value is what the file and the wire say.
    package enum Origin: String, Sendable, CaseIterable {
        /// Somebody announced it.
        case announced
        /// It was the setting `--release` at a start.
        case setting
        /// It was read from the app.
        case observed
    }

    /// Its number in the file; 0 before it is written.
    package var id: Int64
    /// Milliseconds since 1970.
    package var time: Int64
    package var version: String
    package var origin: Origin
    /// Who announced it, as far as that is known.
    package var by: String?
    /// How many tabs were told; nil while that is not known.
    package var told: Int?
    /// To whom it was limited, in a few words; nil for all tabs.
    package var target: String?

    package init(
        id: Int64 = 0, time: Int64, version: String, origin: Origin, by: String? = nil, told: Int? = nil, target: String? = nil
    ) {
        (self.id, self.time, self.version, self.origin, self.by, self.told) = (id, time, version, origin, by, told)
        self.target = target
    }
}
