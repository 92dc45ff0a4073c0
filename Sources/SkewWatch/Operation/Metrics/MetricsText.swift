/// Writes metrics in Prometheus' text format 0.0.4: a type and help line per metric, label values escaped.
///
/// Every name gets the prefix `skewwatch_`, but those that Prometheus itself gives a meaning, which begin with `process_`.
struct MetricsText {
    enum Kind: String {
        case gauge, counter, histogram
    }

    private(set) var bytes: [UInt8] = []

    /// Starts a metric. A counter's name must end in `_total`.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        precondition(kind != .counter || name.hasSuffix("_total"), "the name of a counter ends in _total")
        append("# HELP \(Self.full(name)) \(help)\n# TYPE \(Self.full(name)) \(kind.rawValue)\n")
    }

    mutating func sample(_ name: String, _ labels: [(name: String, value: String)], _ value: Int) {
        sample(name, labels, text: String(value))
    }

    mutating func sample(_ name: String, _ labels: [(name: String, value: String)], _ value: Double) {
        sample(name, labels, text: String(value))
    }

    private static func full(_ name: String) -> String { name.hasPrefix("process_") ? name : "skewwatch_\(name)" }

    /// A metric without labels.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
        begin(name, kind, help)
        sample(name, [], value)
    }

    /// The same for a number with a fraction.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        begin(name, kind, help)
        sample(name, [], value)
    }

    /// A metric with one label, a sample for each of the label's values, also for those that never happened: rates need their zero.
    mutating func family<Key: RawRepresentable & CaseIterable & Hashable>(
        _ name: String, _ kind: Kind, _ help: String, label: String, _ values: [Key: Int]
    ) where Key.RawValue == String {
        begin(name, kind, help)
        for key in Key.allCases { sample(name, [(label, key.rawValue)], values[key] ?? 0) }
    }

    /// The samples of one histogram: for each bound how often a value was not above it, then the sum and the number of all.
    /// - Parameter counts: of each bucket alone; one more than there are bounds.
    mutating func histogram(
        _ name: String, _ labels: [(name: String, value: String)], _ bounds: [Double], _ counts: [Int], sum: Double
    ) {
        precondition(counts.count == bounds.count + 1, "a histogram has one bucket more than bounds")
        var total = 0
        for (bound, count) in zip(bounds.map { String($0) } + ["+Inf"], counts) {
            total += count
            sample("\(name)_bucket", labels + [("le", bound)], total)
        }
        sample("\(name)_sum", labels, sum)
        sample("\(name)_count", labels, total)
    }

    private mutating func sample(_ name: String, _ labels: [(name: String, value: String)], text: String) {
        append(Self.full(name))
        if !labels.isEmpty {
            append("{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}")
        }
        append(" \(text)\n")
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
