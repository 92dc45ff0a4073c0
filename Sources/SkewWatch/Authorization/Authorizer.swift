/// One way to be authorized. It says yes or no to each request, and nothing to the client.
protocol Authorizer: Sendable {
    var name: AuthorizerName { get }
    /// Whether the credentials have anything in them that it looks at. Quick, on any thread.
    func concerns(_ credentials: Credentials) -> Bool
    func judge(_ request: StatsRequest) async -> Decision
}
