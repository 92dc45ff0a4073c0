internal import SkewProtocol
internal import WebSocketLoop

/// One row of the table of endpoints: a method at a path, who may use it, and what answers. A class, for every request is handed its row:
/// a reference costs less than the copy of seven fields.
final class Endpoint: Sendable {
    /// Who may use an endpoint: a closed set.
    enum Access: Sendable {
        /// Everybody, the pages of all origins included.
        case open
        /// Everybody but the pages of foreign origins: a browser adds its visitor's session.
        case ownPages
        /// As `ownPages`, as long as the address may have one more connection.
        case newConnection
        /// Who may see statistics.
        case reading
        /// As `reading`, but who shows no token gets nothing, and no error: the dashboard asks everybody's browser.
        case optionalReading
        /// Who has the admin token.
        case writing

        /// What an endpoint of operators demands; nil for any other.
        var need: AccessNeed? {
            switch self {
            case .open, .ownPages, .newConnection: nil
            case .reading, .optionalReading: .reading
            case .writing: .writing
            }
        }
    }

    /// What answers. Called on the loop's thread.
    enum Handler: Sendable {
        case answer(@Sendable (isolated ConnectionTracker, Request, SocketID) -> RequestOutcome)
        /// Its body is read first, an object in JSON, no longer than a message may be.
        case takeJSON(@Sendable (isolated ConnectionTracker, Request, JSONValue) -> HTTPResponse)
        /// As `takeJSON`, but the answer may come later: nil then.
        case takeJSONLater(@Sendable (isolated ConnectionTracker, Request, JSONValue, SocketID) -> HTTPResponse?)
    }

    let method: RequestHead.Method
    /// Behind the base path.
    let path: String
    let access: Access
    /// The fields that a body may have; nil where others are passed over.
    let fields: Set<String>?
    let handler: Handler
    /// Whether a number follows the path, behind a slash.
    let takesNumber: Bool
    /// The bytes of ``path``.
    private let pathBytes: [UInt8]

    private init(
        _ method: RequestHead.Method, _ path: String, _ access: Access, fields: Set<String>?, takesNumber: Bool, _ handler: Handler
    ) {
        (self.method, self.path, self.access, self.fields) = (method, path, access, fields)
        (self.takesNumber, self.handler) = (takesNumber, handler)
        (pathBytes, isOperators) = (Array(path.utf8), path.hasPrefix("/admin/"))
    }

    /// An endpoint that takes a body and answers later.
    convenience init(
        _ method: RequestHead.Method, _ path: String, _ access: Access, fields: Set<String>? = nil, takesNumber: Bool = false,
        takingJSONLater take: @escaping @Sendable (isolated ConnectionTracker, Request, JSONValue, SocketID) -> HTTPResponse?
    ) {
        self.init(method, path, access, fields: fields, takesNumber: takesNumber, .takeJSONLater(take))
    }

    /// An endpoint that answers by the head alone.
    convenience init(
        _ method: RequestHead.Method, _ path: String, _ access: Access, takesNumber: Bool = false,
        _ answer: @escaping @Sendable (isolated ConnectionTracker, Request, SocketID) -> RequestOutcome
    ) {
        self.init(method, path, access, fields: nil, takesNumber: takesNumber, .answer(answer))
    }

    /// An endpoint that takes a body.
    convenience init(
        _ method: RequestHead.Method, _ path: String, _ access: Access, fields: Set<String>? = nil,
        takingJSON take: @escaping @Sendable (isolated ConnectionTracker, Request, JSONValue) -> HTTPResponse
    ) {
        self.init(method, path, access, fields: fields, takesNumber: false, .takeJSON(take))
    }

    /// Whether it is for those who operate the server: its requests are written down, right or wrong, and it may have a port of its own.
    let isOperators: Bool

    /// Whether it lies at this path behind the base path.
    func isAt(_ rest: ArraySlice<UInt8>) -> Bool {
        guard takesNumber else { return rest == pathBytes[...] }
        return rest.starts(with: pathBytes) && Self.number(in: rest.dropFirst(pathBytes.count)) != nil
    }

    /// Whether both lie at the same paths.
    func isBeside(_ other: Endpoint) -> Bool { path == other.path && takesNumber == other.takesNumber }

    /// What follows a path: a slash and one to nine digits.
    static func number(in rest: ArraySlice<UInt8>) -> Int? {
        guard rest.first == UInt8(ascii: "/"), 2...10 ~= rest.count,
            rest.dropFirst().allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
        else { return nil }
        return Int(String(decoding: rest.dropFirst(), as: UTF8.self))
    }

    /// Whether this is a request for it. What answers GET answers HEAD.
    func takes(_ method: RequestHead.Method?) -> Bool { method == self.method || method == .head && self.method == .get }
}

/// All endpoints under the base path.
enum Endpoints {
    static let all: [Endpoint] = [
        .webSocket, .eventStream, .postedRoute, .postedSubscription, .postedTabs, .health,
        .adminStatistics, .adminNodes, .adminHistory, .adminRollout, .adminRelease,
        .adminReleaseState, .adminReleaseStop, .adminReleasePace, .adminRevocation,
    ]

    /// The same rows by what they lie at, so that no list is made for each request.
    private static let places: [[Endpoint]] = all.reduce(into: []) { places, endpoint in
        if let place = places.firstIndex(where: { $0[0].isBeside(endpoint) }) {
            places[place].append(endpoint)
        } else {
            places.append([endpoint])
        }
    }

    /// The rows at a path, one for each method; none for a path that is no endpoint's.
    static func at(path: [UInt8], basePath: String) -> [Endpoint] {
        guard path.starts(with: basePath.utf8) else { return [] }
        let rest = path[basePath.utf8.count...]
        return places.first { $0[0].isAt(rest) } ?? []
    }

    /// The paths of those for operators, each once.
    static let operatorsPaths = Set(all.filter(\.isOperators).map(\.path)).sorted()

    /// The value of an `Allow` header.
    static func allow(_ endpoints: [Endpoint]) -> String {
        let methods = endpoints.flatMap { $0.method == .get ? [.get, .head] : [$0.method] } + [RequestHead.Method.options]
        return methods.map(\.rawValue).joined(separator: ", ")
    }
}
