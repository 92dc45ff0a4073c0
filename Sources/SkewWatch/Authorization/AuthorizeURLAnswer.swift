internal import HTTPCall
internal import SkewProtocol

/// What an app's answer means: a pure rule.
enum AuthorizeURLAnswer: Equatable {
    case granted(scope: StatisticsScope, ttl: Duration, tag: String? = nil)
    case denied(String)
    /// A no in the body of a success: an app that says it so must not open everything.
    case deniedInWords(member: String)
    /// The app does not do what it should: denied, and the operator is told.
    case fault(String)

    /// The longest that an app may let somebody watch without being asked again.
    static let longestTTL = Duration.seconds(86_400)

    init(_ answer: HTTPAnswer) {
        switch answer.status {
        case 200..<300: self = Self.reading(answer)
        case 401, 403: self = .denied("answered \(answer.status)")
        case 300..<400: self = .fault("it answered \(answer.status), and redirects are not followed")
        default: self = .fault("it answered \(answer.status)")
        }
    }

    /// How it is counted.
    var counted: AppCalls.Result {
        switch self {
        case .granted: .granted
        case .denied, .deniedInWords: .denied
        case .fault: .fault
        }
    }

    private static func reading(_ answer: HTTPAnswer) -> Self {
        let type = answer.contentType?.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " } } ?? ""
        if answer.body.isEmpty { return .granted(scope: .ips, ttl: StatsRequest.defaultTTL) }
        // A page for people is what an app sends for a path that it does not know, with 200 from many of them.
        if type == "text/html" { return .fault("it answered with a page instead of a verdict") }
        let isJSON = type == "application/json" || type.hasSuffix("+json") || type.isEmpty || answer.body.first == UInt8(ascii: "{")
        guard isJSON else { return .granted(scope: .ips, ttl: StatsRequest.defaultTTL) }
        switch JSONValue(answer.body.span) {
        case .object(let members): return wordOfNo(in: members).map { .deniedInWords(member: $0) } ?? narrowed(by: members)
        case .boolean(false): return .deniedInWords(member: "false")
        case .boolean(true): return .granted(scope: .ips, ttl: StatsRequest.defaultTTL)
        default: return .fault("its answer is no JSON object")
        }
    }

    /// The member that says no: an error, or a word of consent that is anything but true.
    private static func wordOfNo(in members: [String: JSONValue]) -> String? {
        for name in ["error", "errors"] {
            switch members[name] {
            case nil, .null, .boolean(false): break
            case .array(let errors) where errors.isEmpty: break
            default: return name
            }
        }
        return ["ok", "authorized", "allowed"].first { name in members[name].map { $0 != .boolean(true) } ?? false }
    }

    private static func narrowed(by members: [String: JSONValue]) -> Self {
        var (scope, ttl) = (StatisticsScope.ips, StatsRequest.defaultTTL)
        switch members["scope"] {
        case nil: break
        case .string(let word):
            guard let known = StatisticsScope(word) else { return .fault("its scope is none of counts, routes, connections, tags and ips") }
            scope = known
        default: return .fault("its scope is no string")
        }
        switch members["ttl"] {
        case nil: break
        case .number(let seconds) where seconds > 0: ttl = min(longestTTL, .seconds(max(1, min(seconds, 1e9))))
        default: return .fault("its ttl is no number of seconds")
        }
        switch members["tag"] {
        case nil, .null: return .granted(scope: scope, ttl: ttl)
        case .string(let text): return .granted(scope: scope, ttl: ttl, tag: Tag.clean(text))
        default: return .fault("its tag is no string")
        }
    }
}

extension StatisticsScope {
    /// Reads the word that stands for it.
    init?(_ word: String) {
        guard let scope = Self.allCases.first(where: { "\($0)" == word }) else { return nil }
        self = scope
    }
}
