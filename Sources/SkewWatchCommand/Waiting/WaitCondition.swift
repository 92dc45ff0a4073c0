internal import Presence
internal import SkewWatch

/// What the arguments of `skewwatch wait` ask for: a pure rule.
enum WaitCondition {
    /// - Throws: a sentence about arguments that contradict each other, or are none.
    static func read(old: String?, version: String?, max: String?, current: String?) throws(CommandFailure) -> RolloutCondition {
        let given = [old != nil, version != nil, current != nil].count { $0 }
        guard given <= 1 else { throw wrong("--old, --version and --current contradict each other; give one of them.") }
        guard max == nil || version != nil else { throw wrong("--max needs --version.") }
        if let current {
            return RolloutCondition(.current, atMost: false, try amount(current, of: "--current"))
        }
        if let version {
            guard !version.isEmpty else { throw wrong("--version must name a version.") }
            return RolloutCondition(.version(version), atMost: true, try amount(max ?? "0", of: "--max"))
        }
        return RolloutCondition(.old, atMost: true, try amount(old ?? "0", of: "--old"))
    }

    /// - Throws: a sentence about text that is no duration.
    static func duration(_ text: String, of flag: String) throws(CommandFailure) -> Duration {
        guard let duration = Duration(setting: text), duration <= .seconds(7 * 86_400) else {
            throw wrong("\(flag) must be a duration up to 168h, such as 60s, 30m or 2h.")
        }
        return duration
    }

    private static func amount(_ text: String, of flag: String) throws(CommandFailure) -> RolloutCondition.Amount {
        guard let amount = RolloutCondition.Amount(text) else {
            throw wrong("\(flag) must be a number of tabs or a share, such as 5 or 1%.")
        }
        return amount
    }

    private static func wrong(_ sentence: String) -> CommandFailure { CommandFailure(sentence: sentence, status: .wrongSettings) }
}
