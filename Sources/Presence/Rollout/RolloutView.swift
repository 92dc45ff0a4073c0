/// What is known at one moment of who runs what, and what makes it doubtful.
package struct RolloutView: Sendable, Equatable {
    /// Why a view may hide tabs: a closed set. One such reason, and nothing counts as gone.
    package enum Doubt: Hashable, Sendable {
        /// Nobody has watched for long enough: after a start the tabs come back little by little.
        case justStarted
        /// Other nodes are not heard; the reasons are those of the statistics.
        case partial([String])
        /// So many tabs are between two nodes.
        case returning(Int)
        /// So many tabs run versions that have no name under the cap.
        case other(Int)
    }

    /// All open tabs.
    package var total: Int
    /// Tabs by version, names as shown.
    package var versions: [String: Int]
    /// The release that is out; nil while none is known.
    package var release: String?
    /// Why numbers of other nodes are missing; empty where the numbers are whole.
    package var partial: [String]
    /// Tabs between two nodes, inside `total`.
    package var returning: Int
    /// Versions that are neither old nor current: a name, or a beginning and `*`.
    package var previews: [String]
    /// For how long the tabs have been watched without a gap.
    package var age: Duration

    /// Makes a view of its parts.
    package init(
        total: Int, versions: [String: Int], release: String?, partial: [String] = [], returning: Int = 0, previews: [String] = [],
        age: Duration
    ) {
        self.total = total
        self.versions = versions
        self.release = release
        self.partial = partial
        self.returning = returning
        self.previews = previews
        self.age = age
    }

    /// Tabs that shares are of: all but previews.
    package var judged: Int { total - preview }

    /// Tabs that run the release; nil while none is known.
    package var current: Int? { release.map { versions[$0] ?? 0 } }

    /// Tabs of previews.
    package var preview: Int {
        guard !previews.isEmpty else { return 0 }
        return versions.reduce(0) { $1.key != release && RolloutCourse.matches($1.key, previews) ? $0 + $1.value : $0 }
    }

    /// Tabs that run anything else; nil while no release is known.
    package var old: Int? { current.map { max(0, judged - $0) } }

    /// What makes it doubtful that nobody is hidden.
    /// - Parameter needed: for how long the tabs must have been watched.
    package func doubts(watchedFor needed: Duration) -> [Doubt] {
        var doubts: [Doubt] = []
        if age < needed { doubts.append(.justStarted) }
        if !partial.isEmpty { doubts.append(.partial(partial)) }
        if returning > 0 { doubts.append(.returning(returning)) }
        if let other = versions[Statistics.otherName], other > 0 { doubts.append(.other(other)) }
        return doubts
    }
}
