internal import Glibc

/// The seeds of a random test, as its arguments: a failure then names the seed that it came with.
package enum Seeds {
    /// Seeds 1 to `count`, the same in every run, and one that is new; or the ``given`` one alone.
    /// - Parameter long: how many it is where there is time; nil for as many.
    package static func some(_ count: UInt64, long: UInt64? = nil) -> [UInt64] {
        given.map { [$0] } ?? Array(1...(wanted ?? (isLong ? long : nil) ?? count)) + [fresh]
    }

    /// The same for a loop within a test.
    package static func rounds(_ count: Int, long: Int) -> Int { isLong ? long : count }

    /// Whether there is time: SKEWWATCH_LONG is in the environment, as by `Tests/run.sh --all`.
    private static let isLong = unsafe getenv("SKEWWATCH_LONG") != nil

    /// How many histories SKEWWATCH_SEEDS in the environment asks for instead: thousands, where there is time.
    private static let wanted: UInt64? = unsafe getenv("SKEWWATCH_SEEDS").flatMap { unsafe UInt64(String(cString: $0)) }

    /// The one that SKEWWATCH_SEED in the environment names, to play a failure back.
    package static let given: UInt64? = unsafe getenv("SKEWWATCH_SEED").flatMap { unsafe UInt64(String(cString: $0)) }

    /// One for the whole run; small enough to be typed again.
    private static let fresh = UInt64.random(in: 1000...999_999)
}
