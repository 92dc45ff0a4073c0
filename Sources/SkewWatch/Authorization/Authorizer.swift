/// One way to be authorized. It says yes or no to each request, and nothing to the client.
protocol Authorizer: Sendable {
    var name: AuthorizerName { get }
    /// Whether the credentials have anything in them that it looks at. Quick, on any thread.
    func concerns(_ credentials: Credentials) -> Bool
    func judge(_ request: StatsRequest) async -> Decision
    /// Reads what it needs from files and URLs, at the start and when secrets change.
    /// - Returns: whether there was anything to read.
    func prepare() async -> Bool
    /// Forgets what others said a moment ago: whoever asks next is judged anew.
    func forget()
}

extension Authorizer {
    func prepare() async -> Bool { false }
    func forget() {}
}
