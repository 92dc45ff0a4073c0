package import Presence

/// Writes `stats-delta` messages: what changed since the message with the sequence number before.
package enum StatisticsDeltaEncoder {
    /// The whole message. Every receiver of the same form gets the same bytes. Costs O(changes), names in `versions` and `routes` sorted.
    /// `cluster` says which nodes are behind the numbers, where there may be several: all of it in every delta.
    package static func encode(
        _ delta: StatisticsDelta, sequence: Int, form: StatisticsForm, cluster: ClusterReport? = nil
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(#"{"type":"stats-delta","seq":"#)
        bytes.append(decimal: sequence)
        bytes.append(#","total":"#)
        bytes.append(decimal: delta.total)
        if !delta.versions.isEmpty {
            bytes.append(#","versions":"#)
            bytes.append(counts: delta.versions)
        }
        if form.showsRoutes, form.tracksRoutes, !delta.routes.isEmpty {
            bytes.append(#","routes":"#)
            bytes.append(counts: delta.routes)
        }
        if form.showsRows {
            append(delta.opened, under: #","opened":["#, form: form, to: &bytes)
            append(delta.changed, under: #","changed":["#, form: form, to: &bytes)
            append(delta.closed, to: &bytes)
        }
        if let cluster { bytes.append(cluster, isDelta: true) }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private static func append(_ rows: [ConnectionRow], under key: StaticString, form: StatisticsForm, to bytes: inout [UInt8]) {
        guard !rows.isEmpty else { return }
        bytes.append(key)
        for (place, row) in rows.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(row, form: form)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private static func append(_ closed: [ConnectionID], to bytes: inout [UInt8]) {
        guard !closed.isEmpty else { return }
        bytes.append(#","closed":["#)
        for (place, id) in closed.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            id.append(to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "]"))
    }
}
