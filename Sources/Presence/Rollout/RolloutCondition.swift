/// What somebody waits for: `old<=0`, `old<=1%`, `version:build-41<=5`, `current>=99%`.
package struct RolloutCondition: Sendable, Equatable, CustomStringConvertible {
    /// Whom it counts.
    package enum Subject: Sendable, Equatable {
        /// Tabs that do not run the release.
        case old
        /// Tabs that run the release.
        case current
        /// Tabs of one version.
        case version(String)
    }

    /// How many.
    package enum Amount: Sendable, Equatable {
        case tabs(Int)
        /// Of all open tabs, in hundredths of a per cent.
        case hundredths(Int)
    }

    package let subject: Subject
    /// Whether it is `<=`; else it is `>=`.
    package let isAtMost: Bool
    package let amount: Amount

    /// Makes a condition of its parts.
    package init(_ subject: Subject, atMost isAtMost: Bool, _ amount: Amount) {
        self.subject = subject
        self.isAtMost = isAtMost
        self.amount = amount
    }

    /// Reads a condition; nil for anything else. A version may have any sign in its name: the last `<=` or `>=` counts.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 3,
            let place = bytes.indices.dropLast().last(where: {
                (bytes[$0] == UInt8(ascii: "<") || bytes[$0] == UInt8(ascii: ">")) && bytes[$0 + 1] == UInt8(ascii: "=")
            }), let amount = Amount(String(decoding: bytes[(place + 2)...], as: UTF8.self))
        else { return nil }
        let name = String(decoding: bytes[..<place], as: UTF8.self)
        switch name {
        case "old": subject = .old
        case "current": subject = .current
        case _ where name.hasPrefix("version:") && name.utf8.count > 8: subject = .version(String(name.dropFirst(8)))
        default: return nil
        }
        isAtMost = bytes[place] == UInt8(ascii: "<")
        self.amount = amount
    }

    /// The tabs that it counts; nil where nobody can say, since no release is known.
    package func count(in view: RolloutView) -> Int? {
        switch subject {
        case .old: view.old
        case .current: view.current
        case .version(let name): view.versions[name] ?? 0
        }
    }

    /// Whether it holds for these numbers; doubts are the rule's matter.
    package func holds(in view: RolloutView) -> Bool {
        guard let count = count(in: view) else { return false }
        let (left, right) =
            switch amount {
            case .tabs(let number): (count, number)
            case .hundredths(let share): (count * 10_000, share * view.judged)
            }
        return isAtMost ? left <= right : left >= right
    }

    /// As it is written.
    package var description: String {
        let name =
            switch subject {
            case .old: "old"
            case .current: "current"
            case .version(let version): "version:\(version)"
            }
        return "\(name)\(isAtMost ? "<=" : ">=")\(amount)"
    }
}

extension RolloutCondition.Amount: CustomStringConvertible {
    /// Reads `5`, `1%`, `0.5%`, `99.95%`; nil for anything else.
    package init?(_ text: String) {
        guard text.hasSuffix("%") else {
            guard let number = Self.number(text) else { return nil }
            self = .tabs(number)
            return
        }
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard 1...2 ~= parts.count, let whole = Self.number(String(parts[0])), whole <= 100 else { return nil }
        var share = whole * 100
        if parts.count == 2 {
            guard 1...2 ~= parts[1].utf8.count, let rest = Self.number(String(parts[1])) else { return nil }
            share += parts[1].utf8.count == 1 ? rest * 10 : rest
        }
        guard share <= 10_000 else { return nil }
        self = .hundredths(share)
    }

    private static func number(_ text: String) -> Int? {
        guard 1...9 ~= text.utf8.count, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        return Int(text)
    }

    package var description: String {
        switch self {
        case .tabs(let number): "\(number)"
        case .hundredths(let share) where share % 100 == 0: "\(share / 100)%"
        case .hundredths(let share) where share % 10 == 0: "\(share / 100).\(share / 10 % 10)%"
        case .hundredths(let share): "\(share / 100).\(share / 10 % 10)\(share % 10)%"
        }
    }
}
