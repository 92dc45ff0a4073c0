internal import SkewProtocol
internal import WebSocketLoop

/// The requests of a loop that are not answered yet, by the index of their socket: those whose body is on its way, and those whose
/// answer is. A value; the tracker carries out what it says.
struct PendingRequests: Sendable {
    /// A request whose head said all but its body.
    struct Entry: Sendable {
        var socket: SocketID
        var endpoint: Endpoint
        var request: Request
        var page: CrossOrigin
    }

    private var bodies: [Int: Entry] = [:]
    private var answers: [Int: Entry] = [:]

    /// Requests that wait for something.
    var count: Int { bodies.count + answers.count }

    /// The body of this request is read next.
    mutating func awaitBody(of entry: Entry) {
        bodies[entry.socket.index] = entry
    }

    /// A body is complete.
    /// - Returns: whose it is; nil where no request asked for one.
    mutating func takeBody(of socket: SocketID) -> Entry? {
        guard bodies[socket.index]?.socket == socket else { return nil }
        return bodies.removeValue(forKey: socket.index)
    }

    /// This request is answered later.
    mutating func awaitAnswer(to entry: Entry) {
        answers[entry.socket.index] = entry
    }

    /// The answer to a request is there.
    /// - Returns: whom it is for; nil where it was given, or nobody waits for it any more.
    mutating func takeAnswer(to socket: SocketID) -> Entry? {
        guard answers[socket.index]?.socket == socket else { return nil }
        return answers.removeValue(forKey: socket.index)
    }

    /// The page behind a request that still waits for its answer; nil where it waits no more.
    func page(of socket: SocketID) -> CrossOrigin? {
        guard let entry = answers[socket.index], entry.socket == socket else { return nil }
        return entry.page
    }

    /// The connection at this index is gone, or has become something else.
    mutating func forget(_ index: Int) {
        bodies[index] = nil
        answers[index] = nil
    }
}

/// What the body of a POST says: a pure rule.
enum PostedFields {
    /// The fields, or why they can't be taken.
    /// - Parameter allowed: the fields that there are; nil where others are passed over.
    static func read(_ body: [UInt8], allowed: Set<String>?) -> Result<JSONValue, BodyError> {
        guard !body.isEmpty else { return .failure(.empty) }
        guard let fields = JSONValue(body.span), case .object(let members) = fields else { return .failure(.notObject) }
        if let allowed, let other = members.keys.filter({ !allowed.contains($0) }).min() { return .failure(.unknownField(other)) }
        return .success(fields)
    }
}

/// What is wrong with a body: a closed set.
enum BodyError: Error, Equatable {
    case empty
    case notObject
    case unknownField(String)

    var response: HTTPResponse {
        switch self {
        case .empty: .error(400, "the body is empty")
        case .notObject: .error(400, "the body is no JSON object")
        case .unknownField(let name): .error(400, "there is no such field: ", naming: name)
        }
    }
}
