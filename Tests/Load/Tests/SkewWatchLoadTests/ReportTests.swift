import Testing

@testable import SkewWatchLoad

@Suite struct ReportTests {
    private var report: Report {
        var report = Report(scenario: "connect", target: "127.0.0.1:1", seed: 5)
        report.phases = [.init(name: "connect", operations: 1000, seconds: 0.5, messages: 3, bytes: 4, serverCPUSeconds: 0.05)]
        report.checks = [Check(name: "every tab opened", held: true, found: "1,000")]
        return report
    }

    @Test func `a report holds while every check holds`() {
        var report = report
        #expect(report.held)
        report.checks.append(Check(name: "no tab was lost", held: false, found: "1 lost"))
        #expect(!report.held)
        #expect(Summary.lines(report).contains("FAILED no tab was lost: 1 lost"))
        #expect(Summary.lines(report).contains("ok     every tab opened: 1,000"))
    }

    @Test func `the server's CPU is told per operation`() {
        #expect(report.phases[0].serverMicrosecondsPerOperation == 50)
        #expect(
            Report.Phase(name: "hold", operations: 0, seconds: 1, messages: 0, bytes: 0, serverCPUSeconds: 1).serverMicrosecondsPerOperation
                == nil)
    }

    @Test func `JSON has phases and checks`() throws {
        let json = try Summary.json(report)
        #expect(json.contains(#""name" : "every tab opened""#))
        #expect(json.contains(#""operations" : 1000"#))
    }

    @Test func `numbers are told with thousands apart`() {
        #expect(Numbers.text(0) == "0")
        #expect(Numbers.text(999) == "999")
        #expect(Numbers.text(-1000) == "-1,000")
        #expect(Numbers.text(1_234_567) == "1,234,567")
        #expect(Numbers.text(1234.05, places: 1) == "1,234.1")
        #expect(Numbers.text(-0.04, places: 1) == "0.0")
        #expect(Numbers.text(0.5, places: 2) == "0.50")
        #expect(Numbers.text(.infinity) == "-")
    }

    @Test func `a table's columns are as wide as they need to be`() {
        var table = Table(header: ["a", "b"])
        table.add(["long", "1"])
        table.add(["x", "100"])
        #expect(table.lines == ["a       b", "long    1", "x     100"])
    }

    @Test func `the bar fills with what is done`() {
        #expect(ProgressBar.line("p", done: 0, of: 10, note: "n") == "p [........................] 0/10 n")
        #expect(ProgressBar.line("p", done: 5, of: 10, note: "n") == "p [############............] 5/10 n")
        #expect(ProgressBar.line("p", done: 99, of: 10, note: "n") == "p [########################] 99/10 n")
        #expect(ProgressBar.line("p", done: 0, of: 0, note: "n") == "p [########################] 0/0 n")
    }

    @Test func `durations are written as the server's options are`() {
        #expect(TimeArgument(argument: "250ms")?.nanoseconds == 250_000_000)
        #expect(TimeArgument(argument: "25s")?.nanoseconds == 25_000_000_000)
        #expect(TimeArgument(argument: "1.5m")?.nanoseconds == 90_000_000_000)
        for text in ["", "5", "s", "-1s", "1h", "2e9s", "nans", "infs"] { #expect(TimeArgument(argument: text) == nil, "\(text)") }
    }
}
