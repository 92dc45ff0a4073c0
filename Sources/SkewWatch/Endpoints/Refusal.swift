internal import WebSocketLoop

/// Why a request is not served: a closed set, each with its answer.
enum Refusal: Sendable, Equatable {
    case nothingHere
    case method(allow: String)
    case foreignOrigin
    case addressLimit
    case notJSON
    case noToken
    case wrongToken
    case noTokenConfigured
    /// Too many wrong ones came from its address; with the seconds to wait.
    case tooManyGuesses(seconds: Int64)
    /// Nobody can say whether it may.
    case undecided
    /// No token is shown, where that is no error.
    case nothingToShow

    /// What a decision other than a grant means.
    init(_ decision: AccessDecision, at endpoint: Endpoint) {
        switch decision {
        case .missing: self = endpoint.access == .optionalReading ? .nothingToShow : .noToken
        case .noneConfigured: self = endpoint.access == .optionalReading ? .nothingToShow : .noTokenConfigured
        case .wrong: self = .wrongToken
        case .tooManyWrong(let wait): self = .tooManyGuesses(seconds: max(1, wait.components.seconds + 1))
        case .undecided: self = .undecided
        case .granted: preconditionFailure("a grant is no refusal")
        }
    }

    var response: HTTPResponse {
        switch self {
        case .nothingHere: .notFound
        case .method(let allow): .error(405, "this method is not for this endpoint", headers: [("Allow", allow)])
        case .foreignOrigin: .error(403, "this origin is not allowed")
        case .addressLimit: .error(429, "this address has too many connections", headers: [("Retry-After", "5")])
        case .notJSON: .error(415, "the body must be application/json")
        case .noToken, .wrongToken: .error(401, "the token is missing or wrong", headers: [("WWW-Authenticate", "Bearer")])
        case .noTokenConfigured: .error(503, "no admin token is configured")
        case .tooManyGuesses(let seconds):
            .error(429, "too many wrong tokens came from this address", headers: [("Retry-After", "\(seconds)")])
        case .undecided: .error(503, "nobody can say now who may do this", headers: [("Retry-After", "1")])
        case .nothingToShow: HTTPResponse(status: 204)
        }
    }

    /// How it is counted; nil where it is not.
    var counted: Counters.Rejection? {
        switch self {
        case .nothingHere: .notFound
        case .method: .method
        case .foreignOrigin: .origin
        case .addressLimit: .addressLimit
        case .notJSON, .noToken, .wrongToken, .noTokenConfigured, .tooManyGuesses, .undecided, .nothingToShow: nil
        }
    }

    /// For the log: why, in a few words.
    var reason: String {
        switch self {
        case .nothingHere: "nothing is there"
        case .method: "the method"
        case .foreignOrigin: "the origin"
        case .addressLimit: "the limit of its address"
        case .notJSON: "the body is no JSON"
        case .noToken, .nothingToShow: "no token"
        case .wrongToken: "a wrong token"
        case .noTokenConfigured: "no token is configured"
        case .tooManyGuesses: "too many wrong tokens from its address"
        case .undecided: "the authorizers can't decide"
        }
    }
}
