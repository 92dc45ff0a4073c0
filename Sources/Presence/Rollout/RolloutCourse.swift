/// What the state of a rollout is judged by: what was open when, and which releases were announced. Times are milliseconds since 1970.
package struct RolloutCourse: Sendable {
    /// How many tabs each version had at a moment.
    package struct Sample: Sendable, Equatable {
        package var at: Int64
        package var versions: [String: Int]

        package init(at: Int64, versions: [String: Int]) { (self.at, self.versions) = (at, versions) }
    }

    /// A release and when it was announced.
    package struct Release: Sendable, Equatable {
        package var version: String
        package var at: Int64

        package init(version: String, at: Int64) { (self.version, self.at) = (version, at) }
    }

    package var now: Int64
    /// Whether the newest sample is the present.
    package var isLive: Bool
    /// nil while none is known.
    package var release: String?
    /// Oldest first, the one of now last; empty where nobody knows.
    package var releases: [Release]
    /// Versions that are never old: a name, or a beginning and `*`.
    package var previews: [String]
    /// Oldest first; the last one is now.
    package var samples: [Sample]

    package init(
        now: Int64, isLive: Bool, release: String?, releases: [Release] = [], previews: [String] = [], samples: [Sample]
    ) {
        (self.now, self.isLive, self.release) = (now, isLive, release)
        (self.releases, self.previews, self.samples) = (releases, previews, samples)
    }

    /// Whether a version is one of these patterns; a `*` at the end stands for any rest.
    package static func matches(_ version: String, _ patterns: [String]) -> Bool {
        patterns.contains { $0.hasSuffix("*") ? version.hasPrefix($0.dropLast()) : version == $0 }
    }
}
