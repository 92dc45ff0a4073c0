/// The fleet at one moment: how many tabs there were of each version.
package struct HistorySample: Sendable, Equatable {
    /// Milliseconds since 1970.
    package var time: Int64
    /// Tabs by version, `(other)` included.
    package var versions: [String: Int]
    /// Whether some node's numbers were missing or in doubt at that moment.
    package var isPartial: Bool

    package init(time: Int64, versions: [String: Int], isPartial: Bool = false) {
        (self.time, self.versions, self.isPartial) = (time, versions, isPartial)
    }

    /// All tabs.
    package var total: Int { versions.values.reduce(0, +) }
}

extension HistorySample {
    /// The most versions that are kept of one sample; the smaller ones are added up under ``otherName``.
    static let maxVersions = 50
    private static let otherName = "(other)"

    /// The counts as they lie in the file: for each version the length of its name, the name, and the count, all numbers in LEB128.
    var encodedVersions: [UInt8] {
        var bytes: [UInt8] = []
        let byCount = versions.filter { $0.key != Self.otherName }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let kept = byCount.prefix(Self.maxVersions)
        let rest = byCount.dropFirst(Self.maxVersions).reduce(versions[Self.otherName] ?? 0) { $0 + $1.value }
        for (name, count) in kept.map({ ($0.key, $0.value) }) + (rest > 0 ? [(Self.otherName, rest)] : []) where count > 0 {
            Self.append(name.utf8.count, to: &bytes)
            bytes += name.utf8
            Self.append(count, to: &bytes)
        }
        return bytes
    }

    /// Reads what ``encodedVersions`` wrote; nil where the bytes are none of ours.
    static func versions(from bytes: [UInt8]) -> [String: Int]? {
        var (rest, versions): (ArraySlice<UInt8>, [String: Int]) = (bytes[...], [:])
        while !rest.isEmpty {
            guard let length = takeNumber(from: &rest), length <= rest.count,
                let name = String(validating: rest.prefix(length), as: UTF8.self)
            else { return nil }
            rest = rest.dropFirst(length)
            guard let count = takeNumber(from: &rest) else { return nil }
            versions[name] = count
        }
        return versions
    }

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func takeNumber(from bytes: inout ArraySlice<UInt8>) -> Int? {
        var number = 0
        for shift in stride(from: 0, to: 56, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            number |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        return nil
    }
}
