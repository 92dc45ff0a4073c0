import Testing

@testable import SkewWatch

struct FileLimitTests {
    @Test
    func `a million files are not taken unasked, for each close would pay for them`() {
        #expect(FileLimit.wanted(connections: nil, allowed: 1_048_576) == 131_072)
        #expect(FileLimit.wanted(connections: 1000, allowed: 1_048_576) == 131_072)
    }

    @Test
    func `who asks for more connections gets the files for them, and some for the server`() {
        #expect(FileLimit.wanted(connections: 500_000, allowed: 1_048_576) == 500_064)
    }

    @Test(arguments: [nil, 1000, 500_000])
    func `never more than the system allows`(connections: Int?) {
        #expect(FileLimit.wanted(connections: connections, allowed: 20_000) == 20_000)
    }

    @Test
    func `never more than a million, whatever is asked for and allowed`() {
        #expect(FileLimit.wanted(connections: 5_000_000, allowed: Int.max) == 1_048_576)
    }
}
