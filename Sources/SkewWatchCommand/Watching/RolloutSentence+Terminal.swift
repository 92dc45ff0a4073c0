internal import Presence
internal import SkewProtocol

extension RolloutSentence {
    /// What is known, said to somebody at a terminal: names from outside are made fit for it, times are those of the reader.
    init(onTerminal facts: RolloutFacts) {
        self.init(
            facts, number: ShownNumber.grouped, clock: { WallClock.local($0, withSeconds: $1) },
            name: { TerminalText($0, limit: CleanText.versionLimit).text })
    }
}
