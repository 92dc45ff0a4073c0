/// Where the page behind a request comes from, as its browser says.
enum CrossOrigin: Sendable, Equatable {
    /// Nothing is said of a foreign page: no browser, or a page of our own that asks with GET.
    case none
    /// The page has the host the request went to.
    case same
    /// A page of another, allowed origin.
    case allowed(String)
    /// A page that must not use its visitor's session here.
    case refused

    /// What a browser needs to hand the answer to the page.
    var headers: [(name: String, value: String)] {
        guard case .allowed(let origin) = self else { return [] }
        return [
            ("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Expose-Headers", "Retry-After"), ("Vary", "Origin"),
        ]
    }
}
