extension ValueForm<Int> {
    /// A whole number.
    static func integer(_ range: ClosedRange<Int>) -> Self {
        Self(
            placeholder: "number", expectation: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { text in Int(digits: text).flatMap { range.contains($0) ? $0 : nil } }, show: { "\($0)" })
    }

    /// A port; 0 lets the kernel choose.
    static var port: Self {
        Self(
            placeholder: "port", expectation: "a port number from 0 to 65535",
            parse: { text in Int(digits: text).flatMap { 0...65535 ~= $0 ? $0 : nil } }, show: { "\($0)" })
    }
}

extension ValueForm<Bool> {
    /// `true` or `false`.
    static var boolean: Self {
        Self(placeholder: "true|false", expectation: "true or false", parse: { Bool($0) }, show: { "\($0)" })
    }
}

extension ValueForm<Duration> {
    /// A duration with its unit.
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        let bounds = "from \(range.lowerBound.settingText) to \(range.upperBound.settingText)"
        return Self(
            placeholder: "duration", expectation: "a duration \(bounds), such as 250ms, 25s or 5m",
            parse: { text in Duration(setting: text).flatMap { range.contains($0) ? $0 : nil } }, show: { $0.settingText })
    }
}

extension ValueForm<AddressRange> {
    /// An address or a CIDR.
    static var addresses: Self {
        Self(placeholder: "address", expectation: "an address or a CIDR", parse: { AddressRange($0) }, show: { $0.description })
    }
}

extension ValueForm<RequiredClaim> {
    /// A claim and its value.
    static var claim: Self {
        Self(
            placeholder: "claim=value", expectation: "a claim and its value, such as role=admin",
            parse: { RequiredClaim(text: $0) }, show: { "\($0.name)=\($0.value)" })
    }
}

extension ValueForm<Secret> {
    /// A token or key: one line.
    static var secret: Self {
        Self(
            placeholder: "secret", expectation: "one line of text that is not empty", hidesText: true,
            parse: { text in text.hasControlCharacters ? nil : Secret(text) }, show: { "\($0)" })
    }

    /// A URL of Redis, which may hold a password.
    static var redisURL: Self {
        Self(
            placeholder: "url", expectation: "a URL such as redis://host:6379", hidesText: true,
            parse: { text in text.isURL(schemes: ["redis", "rediss", "unix"], mayHoldPassword: true) ? Secret(text) : nil },
            show: { "\($0)" })
    }
}

extension ValueForm where Value: RawRepresentable<String> & CaseIterable {
    /// One of a few words.
    static var choice: Self {
        let words = Value.allCases.map(\.rawValue)
        return Self(
            placeholder: words.joined(separator: "|"), expectation: "one of \(words.joined(separator: ", "))",
            parse: { Value(rawValue: $0) }, show: { $0.rawValue })
    }
}
