package import Presence

/// Writes the body of `GET /admin/history`: for each span the length of a step, the start, and per version one number a step; `null` in
/// all versions where nobody took a sample.
package enum VersionHistoryEncoder {
    /// Encodes the spans under their names, in their order.
    /// - Parameter now: the time on the clock that the histories go by; the wall clock shows `nowMilliseconds` at that moment.
    package static func encode(
        release: String?, now: Duration, nowMilliseconds: Int64, spans: [(name: StaticString, history: VersionHistory)],
        releases: [HistoryReport.Release] = [], acts: [Act] = []
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(#"{"release":"#)
        if let release { bytes.append(jsonString: release) } else { bytes.append("null") }
        bytes.append(#","now":"#)
        bytes.append(decimal: Int(nowMilliseconds))
        for (name, history) in spans {
            bytes.append(#",""#)
            bytes.append(name)
            bytes.append(#"":"#)
            append(history, start: history.start(now: now, wallClockMilliseconds: nowMilliseconds), to: &bytes)
        }
        if !releases.isEmpty {
            bytes.append(#","releases":"#)
            bytes.append(contentsOf: HistoryReport.encoded(releases).encoded)
        }
        if !acts.isEmpty {
            bytes.append(#","acts":"#)
            bytes.append(contentsOf: HistoryReport.encoded(acts).encoded)
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private static func append(_ history: VersionHistory, start: Int64, to bytes: inout [UInt8]) {
        bytes.append(#"{"step":"#)
        bytes.append(decimal: Int(history.step / .milliseconds(1)))
        bytes.append(#","start":"#)
        bytes.append(decimal: Int(start))
        bytes.append(#","versions":{"#)
        let names = Set(history.samples.lazy.compactMap { $0?.keys }.joined()).sorted()
        for (index, name) in names.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(jsonString: name)
            bytes.append(":[")
            for (index, sample) in history.samples.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                if let sample { bytes.append(decimal: sample[name] ?? 0) } else { bytes.append("null") }
            }
            bytes.append(UInt8(ascii: "]"))
        }
        bytes.append("}}")
    }
}
