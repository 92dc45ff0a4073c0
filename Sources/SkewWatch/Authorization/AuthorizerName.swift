/// The ways to be authorized, by the names that the log and the metrics use.
enum AuthorizerName: String, Sendable, CaseIterable {
    case statsToken = "stats-token"
    case jwt = "jwt"
    case authorizeURL = "authorize-url"
    case hook = "hook"

    /// Whether what it said may have changed when its time is over, so that it is asked again. A token that has ended has ended.
    var isAskedAgain: Bool { self == .authorizeURL || self == .hook }
}
