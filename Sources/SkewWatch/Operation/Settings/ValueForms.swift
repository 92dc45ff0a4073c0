internal import SkewCluster

extension ValueForm<Int> {
    /// A whole number.
    static func integer(_ range: ClosedRange<Int>) -> Self {
        Self(
            placeholder: "number", expectation: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            read: { Int(digits: $0) }, isAllowed: { range.contains($0) }, show: { "\($0)" })
    }

    /// A port; 0 lets the kernel choose.
    static var port: Self {
        Self(
            placeholder: "port", expectation: "a port number from 0 to 65535",
            read: { Int(digits: $0) }, isAllowed: { 0...65535 ~= $0 }, show: { "\($0)" })
    }
}

extension ValueForm<Int> {
    /// The rights of a file, in octal digits.
    static var fileMode: Self {
        Self(
            placeholder: "mode", expectation: "three or four octal digits such as 0660",
            read: { text in 3...4 ~= text.utf8.count && text.utf8.allSatisfy { 0x30...0x37 ~= $0 } ? Int(text, radix: 8) : nil },
            isAllowed: { 0...0o777 ~= $0 }, show: { "0" + String(String($0 | 0o1000, radix: 8).dropFirst()) })
    }
}

extension ValueForm<Bool> {
    /// `true` or `false`.
    static var boolean: Self {
        Self(
            placeholder: "true|false", expectation: "true or false", read: { Bool($0) }, show: { "\($0)" })
    }
}

extension ValueForm<Duration> {
    /// A duration with its unit.
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        let bounds = "from \(range.lowerBound.settingText) to \(range.upperBound.settingText)"
        return Self(
            placeholder: "duration", expectation: "a duration \(bounds), such as 250ms, 25s or 5m",
            read: { Duration(setting: $0) }, isAllowed: { range.contains($0) }, show: { $0.settingText })
    }
}

extension ValueForm<AddressRange> {
    /// An address or a CIDR.
    static var addresses: Self {
        Self(placeholder: "address", expectation: "an address or a CIDR", read: { AddressRange($0) }, show: { $0.description })
    }
}

extension ValueForm<RequiredClaim> {
    /// A claim and its value.
    static var claim: Self {
        Self(
            placeholder: "claim=value", expectation: "a claim and its value, such as role=admin",
            read: { RequiredClaim(text: $0) }, isAllowed: { !$0.name.isEmpty && !$0.value.isEmpty }, show: { "\($0.name)=\($0.value)" })
    }
}

extension ValueForm<Secret> {
    /// A token or key: one line. What editors and other systems put around it is no part of it: a byte order mark, blanks, newlines.
    static var secret: Self {
        Self(
            placeholder: "secret", expectation: "one line of text that is not empty", hidesText: true,
            read: { Secret($0.withoutBlanksAround) }, isAllowed: { !$0.exposed.hasControlCharacters }, show: { "\($0)" })
    }

    /// A URL of Redis, which may hold a password.
    static var redisURL: Self {
        Self(
            placeholder: "url", expectation: "a URL such as redis://host:6379", hidesText: true,
            read: { Secret($0) }, isAllowed: { RedisLocation($0.exposed) != nil },
            show: { "\($0)" })
    }

    /// The URL of a receiver of webhooks, which is a secret where its path has a key in it.
    static var webhookURL: Self {
        Self(
            placeholder: "url", expectation: "an http or https URL without a password, such as https://app.example.com/hooks/skewwatch",
            hidesText: true, fault: { $0.faultInHTTPURL },
            read: { Secret($0.withoutBlanksAround) }, isAllowed: { $0.exposed.isURL(schemes: ["http", "https"]) }, show: { "\($0)" })
    }

    /// The key of webhooks.
    static var webhookSecret: Self {
        Self(
            placeholder: "secret", expectation: "16 to 64 bytes in base64, with or without whsec_ in front", hidesText: true,
            read: { Secret($0.withoutBlanksAround) }, isAllowed: { WebhookSecret($0.exposed) != nil }, show: { "\($0)" })
    }
}

extension ValueForm<[Secret]> {
    /// Tokens: between commas or, in a file of their own, one a line. Blanks, newlines and a byte order mark around each are no part
    /// of it.
    static func tokens(shownWhenEmpty empty: String) -> Self {
        Self(
            placeholder: "secret,…", expectation: "one to \(maxTokens) tokens that are not empty", hidesText: true,
            read: { text in
                let tokens = text.split(separator: ",", omittingEmptySubsequences: false).map { Secret(String($0).withoutBlanksAround) }
                return tokens.contains(nil) ? nil : tokens.compactMap(\.self)
            },
            readFile: { text in
                let lines = text.split(whereSeparator: \.isNewline).compactMap { Secret(String($0).withoutBlanksAround) }
                return lines.isEmpty ? nil : lines
            },
            isAllowed: { $0.count <= maxTokens && $0.allSatisfy { !$0.exposed.hasControlCharacters } },
            show: { $0.isEmpty ? empty : "<redacted>" })
    }

    /// Enough to replace one by another, and few enough to compare all with whatever is shown.
    private static var maxTokens: Int { 16 }
}

extension ValueForm where Value: RawRepresentable<String> & CaseIterable {
    /// One of a few words.
    static var choice: Self {
        let words = Value.allCases.map(\.rawValue)
        return Self(
            placeholder: words.joined(separator: "|"), expectation: "one of \(words.joined(separator: ", "))",
            read: { Value(rawValue: $0) }, show: { $0.rawValue })
    }
}
