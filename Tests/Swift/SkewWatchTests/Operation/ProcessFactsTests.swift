import Testing

@testable import SkewWatch

@Suite struct ProcessFactsTests {
    // utime 250 and stime 50 ticks, start 1234 ticks after the machine, 4096000 bytes, 500 pages.
    private static let fields =
        "S 1 2 2 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 7 0 1234 4096000 500 18446744073709551615 1 1 0 0 0 0 0 0 0\n"

    @Test(arguments: ["skewwatch", "a) R 9 (b", "x y z"])
    func `the fields stand behind the name, whatever that is`(name: String) {
        let facts = ProcessFacts(stat: "42 (\(name)) \(Self.fields)", boot: 1_700_000_000, ticksPerSecond: 100, pageBytes: 4096)
        #expect(facts.cpuSeconds == 3 && facts.virtualBytes == 4_096_000 && facts.residentBytes == 500 * 4096)
        #expect(facts.startTime == 1_700_000_012.34)
    }

    @Test(arguments: ["", "42", "42 (a", "42 (a) S", "42 (a) S x y z"])
    func `what the kernel does not say is not invented`(stat: String) {
        #expect(ProcessFacts(stat: stat, boot: 0, ticksPerSecond: 100, pageBytes: 4096) == ProcessFacts())
    }

    @Test func `this process has memory, files and a start`() throws {
        let facts = ProcessFacts.now
        let start = try #require(facts.startTime)
        let now = Double(MonotonicTime.wallClockMilliseconds) / 1000
        #expect(facts.residentBytes > 1 << 20 && facts.openFiles > 2 && facts.maxFiles >= facts.openFiles)
        #expect(start < now && start > now - 86_400)
    }
}
