import SkewProtocol
import Testing

@Suite struct HealthReportTests {
    @Test(
        arguments: [
            (HealthReport(isOK: true, release: "r1", uptime: 0), #"{"ok":true,"version":"r1","uptime":0}"#),
            (HealthReport(isOK: true, release: nil, uptime: 12), #"{"ok":true,"uptime":12}"#),
            (HealthReport(isOK: false, release: "a\"\\", uptime: 1), #"{"ok":false,"version":"a\"\\","uptime":1}"#),
        ])
    func `health says whether all is well, the release where one is known, and the uptime`(report: HealthReport, json: String) {
        #expect(String(decoding: report.encoded, as: UTF8.self) == json)
    }
}
