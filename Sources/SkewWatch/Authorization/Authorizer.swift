/// One way to be authorized. It says yes or no to each request, and nothing to the client.
protocol Authorizer: Sendable {
    var name: AuthorizerName { get }
    /// Whether the credentials have anything in them that it looks at. Quick, on any thread.
    func concerns(_ credentials: Credentials) -> Bool
    func judge(_ request: StatsRequest) async -> Decision
    /// The same without waiting for anybody; nil where something has to be read first.
    func decideAtHand(_ request: StatsRequest) async -> Decision?
    /// What it said of the same credentials a moment ago; nil where it must be asked. Quick, on any thread.
    func known(_ request: StatsRequest) -> Decision?
    /// Reads what it needs from files and URLs, at the start and when secrets change.
    /// - Returns: whether there was anything to read.
    func prepare() async -> Bool
    /// Forgets what others said a moment ago: whoever asks next is judged anew.
    func forget()
}

extension Authorizer {
    func decideAtHand(_ request: StatsRequest) async -> Decision? { await judge(request) }
    func known(_ request: StatsRequest) -> Decision? { nil }
    func prepare() async -> Bool { false }
    func forget() {}
}
