/// The body of `GET /health`.
package struct HealthReport: Equatable, Sendable {
    /// False while the server drains.
    package var isOK: Bool
    /// The release; nil while none is known.
    package var release: String?
    /// Whole seconds since the start.
    package var uptime: Int64

    /// Makes a report of its parts.
    package init(isOK: Bool, release: String?, uptime: Int64) {
        (self.isOK, self.release, self.uptime) = (isOK, release, uptime)
    }

    /// The report as JSON.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(isOK ? #"{"ok":true"# : #"{"ok":false"#)
        if let release {
            bytes.append(#","version":"#)
            bytes.append(jsonString: release)
        }
        bytes.append(#","uptime":"#)
        bytes.append(decimal: Int(uptime))
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}
