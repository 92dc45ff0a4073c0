import SkewCluster
import SkewProtocol
import Testing

@testable import SkewWatch

/// What a POST for a stream says, on its way to another node.
@Suite struct StreamPostTests {
    private static let posts = [
        StreamPost(handle: "a.b", .route("/x \"é\"")),
        StreamPost(
            handle: "a.b",
            .tabs([
                .init(key: .init(high: 1, low: .max), version: "v", route: "/é"),
                .init(key: .init(high: .max, low: 0), version: "w", route: "/"),
            ])),
        StreamPost(handle: "a.b", .tabs([])),
        StreamPost(handle: "a.b", .subscription(token: nil, mode: .delta, head: nil)),
        StreamPost(
            handle: "a.b.ff",
            .subscription(
                token: "t", mode: .summary, head: HandshakeHead(cookie: "a=b", authorization: "Bearer c", origin: nil, userAgent: "u"))),
    ]

    @Test func `another node reads what was written`() {
        for post in Self.posts {
            let read = StreamPost(post.encoded)
            #expect(read?.handle == post.handle)
            switch (read?.order, post.order) {
            case (.route(let one), .route(let other)): #expect(one == other)
            case (.tabs(let one), .tabs(let other)): #expect(one == other)
            case (.subscription(let token, let mode, let head), .subscription(let otherToken, let otherMode, let otherHead)):
                #expect(token == otherToken && mode == otherMode && head == (otherHead ?? .empty))
            default: Issue.record("another order: \(String(describing: read))")
            }
        }
    }

    @Test(arguments: ["", "{}", "[]", #"{"handle":1}"#, #"{"handle":"a"}"#, #"{"handle":"a","mode":"all"}"#, #"{"handle":"a","route":""}"#])
    func `anything else is nothing`(_ text: String) {
        #expect(StreamPost(Array(text.utf8)) == nil)
    }

    @Test func `a handle names its node where there are several`() throws {
        let secret = StreamSecret(high: 1, low: 2)
        let id = "00000000-0000-4000-8000-000000000000"
        #expect(StreamHandle("\(id).\(StreamHandle.suffix(secret, node: nil))")?.node == nil)
        let handle = try #require(StreamHandle("\(id).\(StreamHandle.suffix(secret, node: 0xDEAD_BEEF))"))
        #expect(handle.node == 0xDEAD_BEEF && handle.secret.matches(secret))
        for mark in ["", "x", "123456789", "1.2"] { #expect(StreamHandle("\(id).\(secret.text).\(mark)") == nil) }
    }

    @Test func `what is taken back is read as it was written`() {
        let digest = String(repeating: "0f", count: 32)
        for text in ["all", "connection:00000000-0000-4000-8000-000000000000", "token:\(digest):60"] {
            #expect(RevocationTarget(text)?.text == text)
        }
        for text in ["", "all:", "connection:x", "token:\(digest)", "token:0f:60", "token:\(digest):-1"] {
            #expect(RevocationTarget(text) == nil)
        }
    }
}
