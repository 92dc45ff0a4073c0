/// What a client says of itself when it connects: its version and its route, by the rules of the wire contract.
///
/// A value to be fed with what the request has, in any order; the first value of a name counts. All that comes out is clean.
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
    package mutating func read(query: Span<UInt8>) {
        argumentV = argumentV ?? QueryString.firstValue(of: "v", in: query).flatMap { CleanText.version($0.span) }
        argumentVersion = argumentVersion ?? QueryString.firstValue(of: "version", in: query).flatMap { CleanText.version($0.span) }
        argumentRoute = argumentRoute ?? QueryString.firstValue(of: "route", in: query).flatMap { CleanText.route($0.span) }
    }

    /// Takes in one argument of the query that is percent-decoded already, as libwebsockets hands them out.
    package mutating func read(decodedArgument argument: Span<UInt8>) {
        if argumentV == nil, let value = QueryString.value(of: "v", inDecodedArgument: argument) {
            argumentV = CleanText.version(value.span)
        } else if argumentVersion == nil, let value = QueryString.value(of: "version", inDecodedArgument: argument) {
            argumentVersion = CleanText.version(value.span)
        } else if argumentRoute == nil, let value = QueryString.value(of: "route", inDecodedArgument: argument) {
            argumentRoute = CleanText.route(value.span)
        }
    }

    /// Takes in a `Cookie` header, of which the cookie called `cookieName` tells the version.
    package mutating func read(cookies: Span<UInt8>, cookieName: String) {
        cookie = cookie ?? CookieHeader.firstValue(of: cookieName, in: cookies).flatMap { CleanText.version($0.span) }
    }

    /// The version: the query's, else the cookie's, else the server's release, else `unknown`.
    package func version(release: String?) -> String {
        argumentV ?? argumentVersion ?? cookie ?? release.flatMap { CleanText.version($0) } ?? Self.unknownVersion
    }

    /// The route: the query's, else `/`.
    package var route: String { argumentRoute ?? Self.unknownRoute }
}
