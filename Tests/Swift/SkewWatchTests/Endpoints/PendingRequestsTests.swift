import SkewProtocol
import Testing

@testable import SkewWatch
@testable import WebSocketLoop

@Suite struct PendingRequestsTests {
    private func socket(_ index: Int, _ generation: UInt64) -> SocketID { SocketID(index: index, generation: generation) }

    private func entry(_ socket: SocketID, _ endpoint: Endpoint = .postedRoute) -> PendingRequests.Entry {
        .init(socket: socket, endpoint: endpoint, request: Request(), page: .none)
    }

    @Test func `a body belongs to the request that asked for it, once`() {
        var pending = PendingRequests()
        pending.awaitBody(of: entry(socket(3, 1)))
        #expect(pending.takeBody(of: socket(4, 1)) == nil)
        #expect(pending.takeBody(of: socket(3, 1))?.endpoint.path == "/route")
        #expect(pending.takeBody(of: socket(3, 1)) == nil && pending.count == 0)
    }

    @Test func `a body is not taken for one that is gone from the same place`() {
        var pending = PendingRequests()
        pending.awaitBody(of: entry(socket(3, 2)))
        #expect(pending.takeBody(of: socket(3, 1)) == nil && pending.takeBody(of: socket(3, 3)) == nil)
        #expect(pending.count == 1 && pending.takeBody(of: socket(3, 2)) != nil)
    }

    @Test func `an answer is given once`() {
        var pending = PendingRequests()
        pending.awaitAnswer(to: entry(socket(0, 9), .adminStatistics))
        #expect(pending.takeAnswer(to: socket(0, 9))?.endpoint.path == "/admin/stats")
        #expect(pending.takeAnswer(to: socket(0, 9)) == nil && pending.count == 0)
    }

    @Test func `nobody is answered in the place of one that is gone`() {
        var pending = PendingRequests()
        pending.awaitAnswer(to: entry(socket(0, 1), .adminStatistics))
        pending.forget(0)
        #expect(pending.takeAnswer(to: socket(0, 1)) == nil)
        pending.awaitAnswer(to: entry(socket(0, 2), .adminStatistics))
        #expect(pending.takeAnswer(to: socket(0, 1)) == nil)
        #expect(pending.takeAnswer(to: socket(0, 2)) != nil)
    }

    @Test func `a body that is awaited is no answer that is, and the other way round`() {
        var pending = PendingRequests()
        pending.awaitBody(of: entry(socket(1, 1)))
        #expect(pending.takeAnswer(to: socket(1, 1)) == nil)
        pending.awaitAnswer(to: entry(socket(2, 1)))
        #expect(pending.takeBody(of: socket(2, 1)) == nil)
        #expect(pending.count == 2)
        pending.forget(1)
        pending.forget(2)
        pending.forget(3)
        #expect(pending.count == 0)
    }
}

@Suite struct PostedFieldsTests {
    private func read(_ body: String, allowed: Set<String>? = ["version"]) -> Result<JSONValue, BodyError> {
        PostedFields.read(Array(body.utf8), allowed: allowed)
    }

    @Test(arguments: ["[]", "1", "null", "\"x\"", "{", "{\"version\":\"a\",\"version\":\"b\"}", "{}x", " ", "\u{FEFF}{}"])
    func `a body is one JSON object`(body: String) {
        #expect(read(body) == .failure(.notObject))
        #expect(read(body, allowed: nil) == .failure(.notObject))
    }

    @Test func `an empty body says nothing`() {
        #expect(read("") == .failure(.empty))
        #expect(BodyError.empty.response.status == 400)
    }

    @Test func `a field that there is none of is named`() {
        #expect(read(#"{"version":"a"}"#) == .success(.object(["version": .string("a")])))
        #expect(read("{}") == .success(.object([:])))
        #expect(read(#"{"version":"a","urgent":true,"only":[]}"#) == .failure(.unknownField("only")))
        #expect(read(#"{"Version":"a"}"#) == .failure(.unknownField("Version")))
        #expect(read(#"{"":1}"#) == .failure(.unknownField("")))
        #expect(read(#"{"version":"a","more":1}"#, allowed: nil) != .failure(.unknownField("more")))
    }

    @Test(arguments: [
        ("urgent", #"{"error":"there is no such field: urgent"}"#), ("a\"b\\", #"{"error":"there is no such field: a\"b\\"}"#),
        ("\u{202E}\n", #"{"error":"there is no such field: ?"}"#),
    ])
    func `its name is cleaned and escaped`(name: String, body: String) {
        #expect(BodyError.unknownField(name).response.body == Array(body.utf8))
        #expect(BodyError.unknownField(String(repeating: "x", count: 4000)).response.body.count < 120)
    }
}
