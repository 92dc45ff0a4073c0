/// What a client says of itself when it connects: its version and its route, by the rules of the wire contract.
///
/// A value to be fed with what the request has, in any order; of a name the first value counts that leaves something. All that comes
/// out is clean.
package struct DeclaredIdentity: Equatable, Sendable {
    private var argumentV: String?
    private var argumentVersion: String?
    private var argumentRoute: String?
    private var cookie: String?

    /// Nothing said yet: version unknown, route `/`.
    package init() {}

    /// The version of a client that names none while no release is known.
    package static let unknownVersion = "unknown"

    /// The route of a client that names none, and of every client while routes are not tracked.
    package static let unknownRoute = "/"

    /// Takes in a raw query: what follows the `?` in the request's target.
    package mutating func read(query: Span<UInt8>, routes: RouteNames = RouteNames()) {
        var read = self
        QueryString.forEachPart(of: query) { name, value in
            if read.argumentV == nil, QueryString.isName(name, "v") {
                read.argumentV = PercentDecoding.withQuery(value, plus: .plus) { CleanText.version($0) }
            } else if read.argumentVersion == nil, QueryString.isName(name, "version") {
                read.argumentVersion = PercentDecoding.withQuery(value, plus: .plus) { CleanText.version($0) }
            } else if read.argumentRoute == nil, QueryString.isName(name, "route") {
                read.argumentRoute = PercentDecoding.withQuery(value, plus: .blank) { routes.name(of: $0) }
            }
        }
        self = read
    }

    /// Takes in a `Cookie` header, of which the cookie called `cookieName` tells the version.
    package mutating func read(cookies: Span<UInt8>, cookieName: String) {
        guard cookie == nil else { return }
        cookie = CookieHeader.firstValue(of: cookieName, in: cookies) { CleanText.version($0) } ?? nil
    }

    /// The version: the query's, else the cookie's, else the server's release, else `unknown`.
    package func version(release: String?) -> String {
        argumentV ?? argumentVersion ?? cookie ?? release.flatMap { CleanText.version($0) } ?? Self.unknownVersion
    }

    /// The route: the query's, else `/`.
    package var route: String { argumentRoute ?? Self.unknownRoute }
}
