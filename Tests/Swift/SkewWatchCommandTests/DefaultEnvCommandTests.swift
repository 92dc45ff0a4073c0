import Testing

@Suite struct DefaultEnvCommandTests {
    private func lines() throws -> [Substring] {
        let end = try RunningCommand("default-env").finish()
        try #require(end.status == 0 && end.errors.isEmpty)
        return end.output.split(separator: "\n")
    }

    @Test func `what it prints are settings that check accepts without a warning`() throws {
        var environment: [String: String] = [:]
        for line in try lines() where !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            environment[String(parts[0])] = String(parts[1])
        }
        #expect(environment["SKEWWATCH_PORT"] == "8080" && environment["SKEWWATCH_DEBOUNCE"] == "100ms")
        #expect(environment["SKEWWATCH_RELEASE"] == nil && environment["SKEWWATCH_STATS_TOKEN"] == nil)
        let check = try RunningCommand("check", environment: environment).finish()
        #expect(check.status == 0 && check.output.hasPrefix("ok\n") && check.errors.isEmpty)
    }

    @Test func `every variable that help names is there once, under a sentence about it`() throws {
        let lines = try lines()
        let help = try RunningCommand("serve", "--help").finish().output
        let names = Set(help.matches(of: /\[(SKEWWATCH_[A-Z_]+)/).map { String($0.1) })
        #expect(names.count > 30)
        for name in names {
            let places = lines.indices.filter { lines[$0].hasPrefix("\(name)=") || lines[$0].hasPrefix("# \(name)=") }
            #expect(places.count == 1, "\(name)")
            #expect(lines[places[0] - 1].hasPrefix("# ") && lines[places[0] - 1].hasSuffix("."), "\(name)")
        }
    }
}
