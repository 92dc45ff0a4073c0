import Foundation
import Testing

@testable import SkewWatch

@Suite struct ReadmeTableTests {
    private static let page =
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../Docker/docs/settings.md").standardized

    /// With `SKEWWATCH_README=write` the table is written into the page instead.
    @Test func `the page of settings shows them as the code has them`() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let start = try #require(text.range(of: "<!-- settings: SettingsTable.markdown() -->\n"))
        let end = try #require(text.range(of: "<!-- end of settings -->", range: start.upperBound..<text.endIndex))
        if ProcessInfo.processInfo.environment["SKEWWATCH_README"] == "write" {
            let current = text.replacingCharacters(in: start.upperBound..<end.lowerBound, with: SettingsTable.markdown())
            try current.write(to: Self.page, atomically: true, encoding: .utf8)
            return
        }
        let isCurrent = text[start.upperBound..<end.lowerBound] == SettingsTable.markdown()
        #expect(isCurrent, "write it anew: SKEWWATCH_README=write swift test --filter ReadmeTableTests")
    }
}
