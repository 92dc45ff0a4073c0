/// Asks the embedding program.
struct HookAuthorizer: Authorizer {
    let name = AuthorizerName.hook
    let hook: @Sendable (StatsRequest) async -> Void

    func concerns(_ credentials: Credentials) -> Bool { true }

    func judge(_ request: StatsRequest) async -> Decision {
        // A request of its own: an answer to another authorizer's question, or to an earlier one, must not count.
        let question = StatsRequest(connection: request.connection, credentials: request.credentials)
        await hook(question)
        guard let grant = question.grant(now: MonotonicTime.now) else { return .denied("the program did not authorize it") }
        return .granted(grant)
    }
}
