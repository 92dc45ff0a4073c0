import Testing

@testable import SkewWatch

@Suite struct ReleaseAtStartTests {
    /// Setting now, setting of the last start, what was told last; the release, and whether it is new.
    static let table: [(setting: String?, last: String?, told: String?, release: String?, isNew: Bool)] = [
        (nil, nil, nil, nil, false),
        ("a", nil, nil, "a", true),
        (nil, nil, "b", "b", false),
        (nil, "a", "b", "b", false),
        ("a", "a", "b", "b", false),
        ("a", "a", "a", "a", false),
        ("c", "a", "b", "c", true),
        ("a", nil, "b", "a", true),
        ("b", "a", "b", "b", true),
    ]

    @Test(arguments: table.indices) func `what was told last wins over a setting that nobody touched, and a new one over it`(row: Int) {
        let row = Self.table[row]
        let start = ReleaseAtStart(setting: row.setting, lastSetting: row.last, lastTold: row.told)
        #expect(start.release == row.release && start.isNew == row.isNew)
        #expect(start.sentence(setting: row.setting).hasSuffix("."))
    }
}
