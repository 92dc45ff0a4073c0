import Presence
import TestRandom
import Testing

@testable import SkewWatch

@Suite struct StreamHandleTests {
    private static let id = "00000000-0000-4000-8000-000000000001"
    private static let secret = "AAECAwQFBgcICQoLDA0ODw"

    @Test(arguments: Seeds.some(1)) func `a secret's text is read back as the same secret`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let edges: [(UInt64, UInt64)] = [(0, 0), (.max, .max), (0, 1), (1, 0), (1 << 63, 0), (0, 1 << 63)]
        for (high, low) in edges + (0..<200).map({ _ in (random.next(), random.next()) }) {
            let secret = StreamSecret(high: high, low: low)
            #expect(secret.text.utf8.count == 22 && StreamSecret(secret.text)?.matches(secret) == true)
            for bit in [0, 1, 31, 63] {
                #expect(!secret.matches(StreamSecret(high: high ^ 1 << bit, low: low)))
                #expect(!secret.matches(StreamSecret(high: high, low: low ^ 1 << bit)))
            }
        }
    }

    @Test func `a secret is written in base64url`() {
        #expect(StreamSecret(high: 0x0001_0203_0405_0607, low: 0x0809_0A0B_0C0D_0E0F).text == Self.secret)
        #expect(StreamSecret(high: .max, low: .max).text == "_____________________w")
        #expect(StreamSecret(high: 0xFBEF_BEFB_EFBE_FBEF, low: 0).text.hasPrefix("----------"))
    }

    @Test func `a handle is the id, a dot and the secret`() {
        let handle = StreamHandle("\(Self.id).\(Self.secret)")
        #expect(handle?.id.description == Self.id && handle?.secret.text == Self.secret)
    }

    @Test(arguments: [
        "", ".", id, "\(id).", ".\(secret)", "\(id)\(secret)", "\(id).\(secret)=", "\(id).\(secret.dropLast())", "\(id).\(secret)A",
        " \(id).\(secret)", "\(id).\(secret) ", "\(id).\(secret).\(secret)", "\(id):\(secret)", "\(id.dropLast()).\(secret)",
        "\(id).\(secret.dropLast())+", "\(id).\(secret.dropLast())/", "\(id).\(secret.dropLast(2))\u{e9}", "\(id)\0.\(secret)",
        String(repeating: ".", count: 4000),
    ])
    func `anything else is no handle`(text: String) {
        #expect(StreamHandle(text) == nil)
    }
}
