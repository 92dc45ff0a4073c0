import ArgumentParser

/// A duration as the server's options write it: `250ms`, `25s`, `5m`.
struct TimeArgument: ExpressibleByArgument, Equatable {
    let nanoseconds: Int64

    init?(argument: String) {
        let units: [(String, Double)] = [("ms", 1e6), ("s", 1e9), ("m", 60e9)]
        guard let (suffix, unit) = units.first(where: { argument.hasSuffix($0.0) }),
            let number = Double(argument.dropLast(suffix.count)), number >= 0, number * unit <= 3600e9
        else { return nil }
        nanoseconds = Int64(number * unit)
    }
}
