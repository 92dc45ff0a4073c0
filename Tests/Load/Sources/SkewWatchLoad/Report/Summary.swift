import FoundationEssentials

/// A report as text for a person, or as JSON for a program.
enum Summary {
    /// The table, line by line.
    static func lines(_ report: Report) -> [String] {
        var lines = ["\(report.scenario) against \(report.target), seed \(report.seed)", ""]
        lines += phases(report) + [""]
        if !report.latencyMilliseconds.isEmpty { lines += latencies(report) + [""] }
        if !report.figures.isEmpty {
            var table = Table(header: ["figure", "value", "unit"])
            for figure in report.figures {
                table.add([figure.name, Numbers.text(figure.value, places: figure.value < 100 ? 2 : 0), figure.unit])
            }
            lines += table.lines + [""]
        }
        for loss in report.losses { lines.append("lost: \(Numbers.text(loss.count)) \(loss.sentence)") }
        if !report.losses.isEmpty { lines.append("") }
        for check in report.checks { lines.append("\(check.held ? "ok    " : "FAILED") \(check.name): \(check.found)") }
        return lines
    }

    /// The same for programs: one object, keys sorted.
    static func json(_ report: Report) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }

    private static func phases(_ report: Report) -> [String] {
        var table = Table(header: [
            "phase", "operations", "seconds", "per second", "messages", "bytes", "server CPU s", "% of a core", "us/op", "server RSS",
        ])
        for phase in report.phases {
            table.add([
                phase.name, Numbers.text(phase.operations), Numbers.text(phase.seconds, places: 2),
                phase.operations > 0 ? Numbers.text(Double(phase.operations) / max(phase.seconds, 1e-9)) : "-",
                Numbers.text(phase.messages), Numbers.bytes(phase.bytes),
                phase.serverCPUSeconds.map { Numbers.text($0, places: 2) } ?? "-",
                phase.serverCPUSeconds.map { Numbers.text($0 * 100 / max(phase.seconds, 1e-9), places: 1) } ?? "-",
                phase.serverMicrosecondsPerOperation.map { Numbers.text($0, places: 1) } ?? "-",
                phase.serverResidentBytes.map(Numbers.bytes) ?? "-",
            ])
        }
        return table.lines
    }

    private static func latencies(_ report: Report) -> [String] {
        var table = Table(header: ["milliseconds", "count", "p50", "p99", "p99.9", "max"])
        for (name, figures) in report.latencyMilliseconds.sorted(by: { $0.key < $1.key }) {
            let cells = [figures.p50, figures.p99, figures.p999, figures.max].map { Numbers.text($0, places: 2) }
            table.add([name, Numbers.text(figures.count)] + cells)
        }
        return table.lines
    }
}
