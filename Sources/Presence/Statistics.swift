/// What an authorized subscriber sees at one moment: the counts, and the rows as far as they are listed.
package struct Statistics: Sendable, Equatable {
    /// The key under which everything beyond a cap on distinct names is counted and shown. It takes no place under the cap itself.
    package static let otherName = "(other)"

    /// All open connections, listed or not.
    package var total: Int
    /// Connections by version; no key with count 0.
    package var versions: [String: Int]
    /// Connections by route; no key with count 0.
    package var routes: [String: Int]
    /// The listed connections, in no meaningful order. Empty in a summary.
    package var rows: [ConnectionRow]
    /// Connections that are counted but not listed.
    package var truncated: Int

    /// Makes statistics of their parts; nothing checks that they agree.
    package init(
        total: Int = 0, versions: [String: Int] = [:], routes: [String: Int] = [:], rows: [ConnectionRow] = [], truncated: Int = 0
    ) {
        self.total = total
        self.versions = versions
        self.routes = routes
        self.rows = rows
        self.truncated = truncated
    }

    /// Moves these statistics on to the later moment the delta leads to.
    ///
    /// Every part sets an absolute value, so a delta may overlap what these statistics know already.
    package mutating func apply(_ delta: StatisticsDelta) {
        total = delta.total
        truncated = delta.total - delta.listed
        Self.apply(delta.versions, to: &versions)
        Self.apply(delta.routes, to: &routes)
        applyRows(of: delta)
    }

    private static func apply(_ touched: [String: Int], to counts: inout [String: Int]) {
        for (name, count) in touched { counts[name] = count == 0 ? nil : count }
    }

    private mutating func applyRows(of delta: StatisticsDelta) {
        if !delta.opened.isEmpty || !delta.changed.isEmpty {
            var places: [ConnectionID: Int] = [:]
            places.reserveCapacity(rows.count + delta.opened.count)
            for (place, row) in rows.enumerated() { places[row.id] = place }
            for upserted in [delta.opened, delta.changed] {
                for row in upserted {
                    if let place = places[row.id] {
                        rows[place] = row
                    } else {
                        places[row.id] = rows.count
                        rows.append(row)
                    }
                }
            }
        }
        if !delta.closed.isEmpty {
            let closed = Set(delta.closed)
            rows.removeAll { closed.contains($0.id) }
        }
    }
}
