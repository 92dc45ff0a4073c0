package import Presence

/// Writes the whole statistics of one form: `begin`, the rows of each source, `finish`; then the tail that differs per receiver.
///
/// Keys of `versions` and `routes` come sorted, so that equal statistics are equal bytes; rows come in the order they are appended.
package struct StatisticsEncoder: Sendable {
    /// Where the statistics go: what stands around them differs.
    package enum Envelope: Sendable {
        /// A `stats` message. It stays open: `appendTail` closes it for each receiver.
        case message
        /// The object of the admin endpoint: neither `type` nor `yourId`, and closed.
        case admin
    }

    private let form: StatisticsForm
    private let envelope: Envelope
    private var bytes: [UInt8] = []
    private var hasRows = false

    /// Makes an encoder for one form. It is used up by one round of `begin`, rows and `finish`.
    package init(form: StatisticsForm, envelope: Envelope = .message) {
        self.form = form
        self.envelope = envelope
    }

    /// Writes what comes before the rows. The names are as shown.
    package mutating func begin(total: Int, versions: [String: Int], routes: [String: Int]) {
        bytes.append(envelope == .message ? #"{"type":"stats","total":"# : #"{"total":"#)
        bytes.append(decimal: total)
        bytes.append(#","versions":"#)
        bytes.append(counts: versions)
        if form.showsRoutes {
            bytes.append(#","routes":"#)
            bytes.append(counts: form.tracksRoutes ? routes : [:])
        }
        if form.showsRows { bytes.append(#","connections":["#) }
    }

    /// Writes the listed rows of all rosters, and rows of elsewhere, names as the view shows them, those first that do not run the release.
    /// Nothing where the form has no rows.
    package mutating func append(
        rowsOf rosters: [Roster], and others: (old: [ConnectionRow], current: [ConnectionRow]) = ([], []), shownBy view: FleetView
    ) {
        guard form.showsRows else { return }
        for isCurrent in [false, true] {
            for roster in rosters { append(rowsOf: roster, current: isCurrent, shownBy: view) }
            append(rows: (isCurrent ? others.current : others.old).map { view.asShown($0) })
        }
    }

    private mutating func append(rowsOf roster: Roster, current: Bool, shownBy view: FleetView) {
        let count = current ? roster.listedCurrent : roster.listed - roster.listedCurrent
        guard count > 0 else { return }
        var names = RowNames(versionKeyLimit: roster.versionKeyLimit, routeKeyLimit: roster.routeKeyLimit)
        let form = form
        // A local array is written to in place; the property would be checked for exclusive access at every byte.
        var bytes = bytes
        self.bytes = []
        bytes.reserveCapacity(bytes.count + count * Self.typicalRowLength)
        var needsComma = hasRows
        roster.forEachListed(current: current) { row in
            let versionKey = row.versionKey
            if needsComma { bytes.append(UInt8(ascii: ",")) }
            needsComma = true
            bytes.append(#"{"id":""#)
            row.id.append(to: &bytes)
            if names.versions[versionKey].isEmpty {
                names.versions[versionKey] = RowNames.version(view.shownVersion(roster.versionName(versionKey)))
            }
            bytes.append(contentsOf: names.versions[versionKey])
            let route = form.tracksRoutes ? row.routeKey : 0
            if names.routes[route].isEmpty {
                names.routes[route] = RowNames.route(
                    form.tracksRoutes ? view.shownRoute(roster.routeName(route)) : DeclaredIdentity.unknownRoute)
            }
            bytes.append(contentsOf: names.routes[route])
            bytes.append(since: row.since, moved: form.tracksRoutes ? row.moved : nil)
            if form.showsTags, let tag = row.tag { bytes.append(tag: tag) }
            if form.showsAddresses, let address = row.address { bytes.append(address: address) }
            bytes.append(UInt8(ascii: "}"))
        }
        hasRows = needsComma
        self.bytes = bytes
    }

    /// Writes rows that are at hand as values, names as shown. Nothing where the form has no rows.
    package mutating func append(rows: [ConnectionRow]) {
        guard form.showsRows else { return }
        for row in rows {
            if hasRows { bytes.append(UInt8(ascii: ",")) }
            hasRows = true
            bytes.append(row, form: form)
        }
    }

    /// Writes what comes after the rows and hands out the bytes: open at the end for a message, complete for the admin endpoint.
    ///
    /// - Parameters:
    ///   - truncated: how many connections are counted but not listed; written only where a list is and rows are missing from it.
    ///   - tracked: written, together with the scope, where a subscriber is to hear it.
    ///   - cluster: which nodes are behind the numbers, where there may be several.
    package consuming func finish(
        sequence: Int, timestampMilliseconds: Int64, truncated: Int, tracked: TrackedParts? = nil, cluster: ClusterReport? = nil
    ) -> [UInt8] {
        if form.showsRows { bytes.append(UInt8(ascii: "]")) }
        bytes.append(#","seq":"#)
        bytes.append(decimal: sequence)
        bytes.append(#","timestamp":"#)
        bytes.append(decimal: Int(timestampMilliseconds))
        if form.showsRows, truncated > 0 {
            bytes.append(#","truncated":"#)
            bytes.append(decimal: truncated)
        }
        if let tracked { append(tracked) }
        if let cluster { bytes.append(cluster) }
        if envelope == .admin { bytes.append(UInt8(ascii: "}")) }
        return bytes
    }

    private mutating func append(_ tracked: TrackedParts) {
        bytes.append(#","scope":""#)
        bytes.append(form.scopeName)
        bytes.append(#"","tracking":{"routes":"#)
        bytes.append(tracked.routes ? "true" : "false")
        bytes.append(#","addresses":"#)
        bytes.append(tracked.addresses ? "true" : "false")
        bytes.append(#","tags":"#)
        bytes.append(tracked.tags ? "true}" : "false}")
        guard !tracked.previews.isEmpty else { return }
        bytes.append(#","previews":["#)
        for (index, pattern) in tracked.previews.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(jsonString: pattern)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Appends what closes a `stats` message for one receiver.
    package static func appendTail(yourID: ConnectionID, to bytes: inout [UInt8]) {
        bytes.append(#","yourId":""#)
        yourID.append(to: &bytes)
        bytes.append(#""}"#)
    }

    /// How many bytes `appendTail` appends.
    package static let tailLength = 11 + ConnectionID.textLength + 2

    /// Enough for a row with a version of ten bytes and a route of twenty; more only costs a copy now and then.
    private static let typicalRowLength = 7 + 36 + 23 + 12 + 21 + 22 + 2
}

/// The parts of a row that many rows share, escaped once per key of a roster.
private struct RowNames {
    var versions: [[UInt8]]
    var routes: [[UInt8]]

    init(versionKeyLimit: Int, routeKeyLimit: Int) {
        versions = Array(repeating: [], count: versionKeyLimit)
        routes = Array(repeating: [], count: routeKeyLimit)
    }

    /// Everything between the id and the route.
    static func version(_ name: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(#"","version":"#)
        bytes.append(jsonString: name)
        bytes.append(#","route":"#)
        return bytes
    }

    static func route(_ name: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.utf8.count + 2)
        bytes.append(jsonString: name)
        return bytes
    }
}
