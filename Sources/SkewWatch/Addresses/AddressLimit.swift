internal import WebSocketLoop

/// A limit that each address has; an IPv6 address counts by its first 64 bits. Written as an integer it holds for every address but
/// trusted proxies.
package struct AddressLimit: Sendable, Hashable, ExpressibleByIntegerLiteral {
    /// The most that one address may have.
    package var most: Int
    /// Whether only addresses of the internet have the limit, so that private networks, this machine, and with them a proxy that nobody
    /// named, have none.
    package var isPublicOnly: Bool

    /// Makes a limit.
    package init(_ most: Int, isPublicOnly: Bool = false) {
        (self.most, self.isPublicOnly) = (most, isPublicOnly)
    }

    /// Makes a limit that holds for every address.
    package init(integerLiteral most: Int) { self.init(most) }

    var rule: AddressBudget.Limit { AddressBudget.Limit(most, includesPrivate: !isPublicOnly) }
}

extension Configuration {
    var addressRules: AddressBudget.Rules {
        AddressBudget.Rules(connections: maxConnectionsPerIP?.rule, newPerSecond: maxNewConnectionsPerSecond?.rule)
    }
}

extension ValueForm<AddressLimit> {
    /// A number for every address, or `public:` and a number for those of the internet.
    static func addressLimit(_ range: ClosedRange<Int>) -> Self {
        let prefix = "public:"
        return Self(
            placeholder: "number",
            expectation: "a whole number from \(range.lowerBound) to \(range.upperBound), with public: in front or not",
            read: { text in
                let isPublicOnly = text.hasPrefix(prefix)
                return Int(digits: isPublicOnly ? text.dropFirst(prefix.count) : text[...]).map {
                    AddressLimit($0, isPublicOnly: isPublicOnly)
                }
            },
            isAllowed: { range.contains($0.most) }, show: { $0.isPublicOnly ? "\(prefix)\($0.most)" : "\($0.most)" })
    }
}
