import Testing

@testable import SkewCluster

@Suite struct MessageSealTests {
    private let seal = MessageSeal(secret: Array("a secret of the cluster".utf8), prefix: "{skewwatch:app:0}")

    @Test func `what is sealed opens with the same secret in the same namespace`() {
        let sealed = seal.seal([1, 2, 3])
        #expect(sealed.count == 3 + MessageSeal.length && seal.open(sealed) == [1, 2, 3])
        let others = [
            MessageSeal(secret: Array("another secret".utf8), prefix: "{skewwatch:app:0}"),
            MessageSeal(secret: Array("a secret of the cluster".utf8), prefix: "{skewwatch:app:1}"),
        ]
        #expect(others.allSatisfy { $0.open(sealed) == nil })
    }

    @Test func `one bit that differs, and what is too short, does not open`() {
        let sealed = seal.seal(Array(repeating: 7, count: 40))
        for place in sealed.indices {
            var forged = sealed
            forged[place] ^= 1
            #expect(seal.open(forged) == nil)
        }
        #expect((0...MessageSeal.length).allSatisfy { seal.open(Array(sealed.suffix($0))) == nil })
    }
}
