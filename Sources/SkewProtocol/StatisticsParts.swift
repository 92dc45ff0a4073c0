import Presence

/// The parts that whole statistics and deltas share.
extension [UInt8] {
    /// Appends counts by name as an object, sorted by name; a count of 0 is `null`: the name is gone.
    mutating func append(counts: [String: Int]) {
        append(UInt8(ascii: "{"))
        var isFirst = true
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
            if !isFirst { append(UInt8(ascii: ",")) }
            isFirst = false
            append(jsonString: name)
            append(UInt8(ascii: ":"))
            if count == 0 { append("null") } else { append(decimal: count) }
        }
        append(UInt8(ascii: "}"))
    }

    /// Appends one row as an object, as far as the form shows it.
    mutating func append(_ row: ConnectionRow, form: StatisticsForm) {
        append(#"{"id":""#)
        row.id.append(to: &self)
        append(#"","version":"#)
        append(jsonString: row.version)
        append(#","route":"#)
        append(jsonString: form.tracksRoutes ? row.route : DeclaredIdentity.unknownRoute)
        append(since: row.since, moved: form.tracksRoutes ? row.moved : nil)
        if form.showsTags, let tag = row.tag { append(tag: tag) }
        if form.showsAddresses, let address = row.address { append(address: address) }
        append(UInt8(ascii: "}"))
    }

    /// Appends when a row opened, and when it came to its route, behind that.
    mutating func append(since: Int64, moved: Int64?) {
        append(#","since":"#)
        append(decimal: Int(since))
        guard let moved else { return }
        append(#","moved":"#)
        append(decimal: Int(moved))
    }

    /// Appends the tag of a row behind when it opened.
    mutating func append(tag: String) {
        append(#","tag":"#)
        append(jsonString: tag)
    }

    /// Appends the address of a row behind its other fields.
    mutating func append(address: String) {
        append(#","ip":"#)
        append(jsonString: address)
    }
}
