internal import SkewProtocol

/// What an endpoint of operators demands.
enum AccessNeed: Sendable {
    /// The stats token, the admin token, or whatever lets one see statistics: a JWT, the app, the program.
    case reading
    /// The admin token.
    case writing
}

/// Who was let in to an endpoint of operators.
struct Caller: Sendable, Equatable {
    /// For the log: which token it is, or whose word it is and who is meant.
    var name: String
    /// How much of the statistics it may see.
    var scope: StatisticsScope
}

/// Whether a request may use an endpoint of operators: a closed set.
enum AccessDecision: Sendable, Equatable {
    case granted(Caller)
    /// It shows nothing that lets it in.
    case missing
    /// What it shows is wrong.
    case wrong
    /// Too many wrong tokens came from its address: it may come back after this time.
    case tooManyWrong(Duration)
    /// There is nothing that could let it in.
    case noneConfigured
    /// Nobody can say now; it may come back in a second.
    case undecided
}

/// Who may use the endpoints of operators, as far as tokens tell: a pure rule.
struct AccessRule: Sendable {
    let tokens: AccessTokens
    /// Whether somebody can be asked about who wants to read.
    let asksOthers: Bool

    enum Step: Sendable, Equatable {
        /// `isGuess` where a wrong token was shown.
        case decided(AccessDecision, isGuess: Bool)
        /// The authorizers are to be asked.
        case ask
    }

    /// - Parameters:
    ///   - token: what the request shows.
    ///   - wait: how long a short token of its address has to wait, by the limit of guesses.
    func step(for need: AccessNeed, token: [UInt8]?, wait: Duration?) -> Step {
        if let token, let match = match(token, for: need) {
            if !match.isLong, let wait { return .decided(.tooManyWrong(wait), isGuess: false) }
            return .decided(.granted(Caller(name: match.name, scope: .ips)), isGuess: false)
        }
        if need == .reading, asksOthers { return .ask }
        let isAnyConfigured = !tokens.admin.isEmpty || need == .reading && !tokens.stats.isEmpty
        guard isAnyConfigured else { return .decided(.noneConfigured, isGuess: false) }
        return .decided(Self.refusal(showsToken: token != nil, wait: wait), isGuess: token != nil)
    }

    private func match(_ token: [UInt8], for need: AccessNeed) -> AccessTokens.Match? {
        let admin = tokens.admin(token)
        let stats = tokens.stats(token)
        return admin ?? (need == .reading ? stats : nil)
    }

    static func refusal(showsToken: Bool, wait: Duration?) -> AccessDecision {
        guard showsToken else { return .missing }
        return wait.map { .tooManyWrong($0) } ?? .wrong
    }

    /// What the authorizers' decision means for a request.
    static func decision(_ decision: Decision, showsToken: Bool, wait: Duration?) -> AccessDecision {
        switch decision {
        case .granted(let grant):
            let who = grant.who.map { " \($0)" } ?? ""
            return .granted(Caller(name: grant.authorizer.rawValue + who, scope: grant.scope))
        case .denied: return refusal(showsToken: showsToken, wait: wait)
        case .undecided, .postponed: return .undecided
        }
    }
}
