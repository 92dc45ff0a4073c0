import Testing

@testable import SkewCluster

/// Redis' word on how many heard a message, and when it is not to be believed.
@Suite struct WitnessTests {
    @Test func `it confirms a silence only while its number makes sense`() {
        var witness = Witness()
        #expect(!witness.confirmsSilence, "it has said nothing yet")
        witness.published(to: 3)
        witness.look(heard: 3, at: .zero)
        #expect(witness.confirmsSilence)
        witness.look(heard: 2, at: .seconds(1))
        #expect(!witness.confirmsSilence, "somebody is subscribed who is not heard: the silent one is still there")
        witness.published(to: 2)
        witness.look(heard: 2, at: .seconds(2))
        #expect(witness.confirmsSilence, "now it is gone")
    }

    @Test func `fewer receivers than are heard, for a while, make it useless until the next connection`() {
        var witness = Witness()
        witness.published(to: 1)
        witness.look(heard: 3, at: .zero)
        witness.look(heard: 3, at: .seconds(3))
        #expect(witness.confirmsSilence, "it may be the very crash it reports")
        witness.look(heard: 3, at: .seconds(4))
        #expect(!witness.confirmsSilence)
        witness.published(to: 3)
        witness.look(heard: 3, at: .seconds(5))
        #expect(!witness.confirmsSilence)
        witness.startOver()
        witness.published(to: 3)
        witness.look(heard: 3, at: .seconds(6))
        #expect(witness.confirmsSilence)
    }

    @Test func `somebody subscribed whom nobody hears is a doubt, but not for ever`() {
        var witness = Witness()
        witness.published(to: 3)
        witness.look(heard: 2, at: .zero)
        #expect(!witness.knowsOfSomebodyUnheard(at: .seconds(1), limit: .seconds(60)))
        #expect(witness.knowsOfSomebodyUnheard(at: .seconds(2), limit: .seconds(60)))
        #expect(!witness.knowsOfSomebodyUnheard(at: .seconds(61), limit: .seconds(60)))
    }

    @Test func `of two releases the one set later wins everywhere, and a configured one loses to any that was announced`() {
        let (a, b) = (InstanceID(high: 0, low: 1), InstanceID(high: 0, low: 2))
        var (here, there) = (ControlRegister(initial: "r1", of: a), ControlRegister(initial: "r0", of: b))
        here.set("r2", by: a)
        let (isNews, isOld) = (there.merge(here), !here.merge(there))
        #expect(isNews && isOld && there.value == "r2")
        here.set("r3", by: a)
        there.set("r4", by: b)
        let (first, second) = (here, there)
        let (isBeaten, isKept) = (here.merge(second), !there.merge(first))
        #expect(isBeaten && isKept && here == there, "at the same time the higher instance wins")
    }
}
