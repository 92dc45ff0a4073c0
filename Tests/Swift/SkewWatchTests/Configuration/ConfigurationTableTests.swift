import Testing

@testable import SkewWatch

@Suite struct ConfigurationTableTests {
    @Test func `help explains every setting with its flag, variable, default and a sentence, on lines of at most 100 columns`() {
        let help = SettingsTable.help(columns: 100)
        let lines = help.split(separator: "\n")
        for setting in SettingsTable.all {
            #expect(lines.contains { $0.hasPrefix("  \(setting.flag) <") }, "\(setting.name)")
            #expect(help.contains(setting.environment))
            #expect(setting.help.isOneSentence, "\(setting.name)")
        }
        #expect(lines.allSatisfy { $0.count <= 100 })
        #expect(help.split { $0 == " " || $0 == "\n" }.joined(separator: " ").contains("[SKEWWATCH_DEBOUNCE; default: 100ms]"))
    }

    @Test func `help keeps to narrower screens, too`() {
        #expect(SettingsTable.help(columns: 70).split(separator: "\n").allSatisfy { $0.count <= 70 || !$0.dropFirst(7).contains(" ") })
    }

    @Test func `the Markdown table has one row of four cells for every setting`() {
        let rows = SettingsTable.markdown().split(separator: "\n").dropFirst(2)
        #expect(rows.count == SettingsTable.all.count)
        for (row, setting) in zip(rows, SettingsTable.all) {
            #expect(row.hasPrefix("| `\(setting.flag)` | `\(setting.environment)`"))
            #expect(row.replacing("\\|", with: "").count { $0 == "|" } == 5)
        }
        #expect(rows.contains { $0.contains("| `--port` | `SKEWWATCH_PORT` | `8080` |") })
    }

    @Test func `names are unique, and the variable follows from the flag`() {
        let names = SettingsTable.names
        #expect(Set(names.map(\.name)).count == names.count)
        #expect(Set(names.map(\.environment)).count == names.count)
        #expect(SettingsTable.named("max-connections-per-ip")?.environment == "SKEWWATCH_MAX_CONNECTIONS_PER_IP")
        #expect(SettingsTable.inEnvironment("SKEWWATCH_JWT_SECRET_FILE")?.name == "jwt-secret-file")
    }

    @Test(arguments: [("prot", "port"), ("hots", "host"), ("max-route", "max-routes"), ("x", nil), ("", nil), ("entirely-different", nil)])
    func `the nearest name is one that a slip could have made`(typed: String, expected: String?) {
        #expect(SettingsTable.nearest(to: typed, among: SettingsTable.names.map(\.name)) == expected)
    }

    @Test func `secrets, and only they, have a file of their own`() {
        let secrets = SettingsTable.all.filter(\.isSecret).map(\.name)
        #expect(secrets == ["stats-token", "admin-token", "jwt-secret", "redis-url", "cluster-secret", "webhook-url", "webhook-secret"])
        #expect(SettingsTable.named("port-file") == nil)
    }
}
