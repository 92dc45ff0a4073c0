internal import Glibc

/// The seeds of a random test, as its arguments: a failure then names the seed that it came with.
package enum Seeds {
    /// Seeds 1 to `count`, the same in every run, and one that is new; or the ``given`` one alone.
    package static func some(_ count: UInt64) -> [UInt64] { given.map { [$0] } ?? Array(1...(wanted ?? count)) + [fresh] }

    /// How many histories SKEWWATCH_SEEDS in the environment asks for instead: thousands, where there is time.
    private static let wanted: UInt64? = unsafe getenv("SKEWWATCH_SEEDS").flatMap { unsafe UInt64(String(cString: $0)) }

    /// The one that SKEWWATCH_SEED in the environment names, to play a failure back.
    package static let given: UInt64? = unsafe getenv("SKEWWATCH_SEED").flatMap { unsafe UInt64(String(cString: $0)) }

    /// One for the whole run; small enough to be typed again.
    private static let fresh = UInt64.random(in: 1000...999_999)
}
