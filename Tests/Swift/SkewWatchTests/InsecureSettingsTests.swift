import Testing

@testable import SkewWatch

@Suite struct InsecureSettingsTests {
    private func warnings(_ arguments: String...) throws -> [String] {
        InsecureSettings.warnings(of: try Configuration.load(arguments: arguments, environment: [:]).configuration)
    }

    @Test func `the defaults open nothing`() throws {
        #expect(try warnings() == [])
    }

    @Test(arguments: [
        ["--allowed-origins", "*"], ["--trusted-proxies", "0.0.0.0/0"], ["--internal-host", "0.0.0.0"], ["--ip-tracking"],
        ["--stats-token", "short"], ["--admin-token", "short"], ["--authorize-url", "http://app.example/ask"],
    ])
    func `each setting that opens something is named in one sentence`(_ arguments: [String]) throws {
        let configuration = try Configuration.load(arguments: arguments, environment: [:]).configuration
        let warnings = InsecureSettings.warnings(of: configuration)
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains(arguments[0]) == true)
    }

    @Test func `a token is never shown`() throws {
        #expect(try warnings("--stats-token", "hunter2").allSatisfy { !$0.contains("hunter2") })
    }
}
