internal import Glibc

extension RolloutFacts {
    /// When the last old tab will be gone, in milliseconds since 1970; nil where the pace says nothing.
    ///
    /// The last of n that close independently of each other is open for (ln n + 0.58) / ln 2 half-lives in the mean; in eight of ten cases
    /// for more than ln n − 0.83 and less than ln n + 2.25 of the mean lifetime.
    package var lastOld: (estimate: Int64, low: Int64, high: Int64)? {
        guard let half, old > 0 else { return nil }
        let logarithm = log(Double(old))
        func moment(_ half: Double, _ lives: Double) -> Int64 { now + Int64(min(1e13, half / log(2) * max(0, lives))) }
        return (moment(half.about, logarithm + 0.58), moment(half.low, logarithm - 0.83), moment(half.high, logarithm + 2.25))
    }
}
