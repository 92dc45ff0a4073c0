import Testing

@testable import SkewWatch

/// What a stranger's handshake may cost.
struct KeptHeadsTests {
    private var heads = KeptHeads()

    private static func head(_ bytes: Int, authorization: String? = nil) -> HandshakeHead {
        HandshakeHead(cookie: String(repeating: "x", count: bytes), authorization: authorization, origin: nil, userAgent: nil)
    }

    @Test mutating func `as much as is kept of anybody is kept of everybody`() {
        for index in 0..<1000 { heads.keep(Self.head(KeptHeads.maxBytes), at: index) }
        #expect((0..<1000).allSatisfy { heads.head(at: $0) == .head(Self.head(KeptHeads.maxBytes)) })
        #expect(heads.head(at: 1000) == .nothing)
    }

    @Test mutating func `of larger ones the newest are kept, and of the others it is known that they were too large`() {
        for index in 0..<1000 { heads.keep(Self.head(KeptHeads.maxBytes + 1), at: index) }
        #expect((0..<1000).count { heads.head(at: $0) != .tooLarge } == KeptHeads.maxLarge)
        #expect(heads.head(at: 999) != .tooLarge)
        heads.forget(0)
        #expect(heads.head(at: 0) == .nothing)
    }

    @Test mutating func `all parts count together`() {
        for index in 0...KeptHeads.maxLarge { heads.keep(Self.head(KeptHeads.maxBytes, authorization: "t"), at: index) }
        #expect(heads.head(at: 0) == .tooLarge)
    }

    @Test mutating func `who was let in keeps what it showed, whoever comes`() {
        heads.keep(Self.head(8000), at: 5000)
        heads.pin(5000)
        for index in 0..<1000 { heads.keep(Self.head(8000), at: index) }
        #expect(heads.head(at: 5000) == .head(Self.head(8000)))
    }

    @Test(arguments: [
        ("a=1; session=x.y.z; b=2", "session=x.y.z"), ("session=1;session=2", "session=1; session=2"), ("  session=\"q\"", "session=\"q\""),
        ("sessions=1; mysession=2", nil), ("", nil), (";;=;session", nil), ("session=", "session="),
    ])
    func `of cookies only those are kept that somebody looks at`(header: String, kept: String?) {
        #expect(HandshakeHead.cookies(called: "session", in: Array(header.utf8)) == kept)
    }

    @Test mutating func `who is gone takes no place`() {
        for index in 0..<KeptHeads.maxLarge { heads.keep(Self.head(8000), at: index) }
        for index in 1..<KeptHeads.maxLarge { heads.forget(index) }
        for index in 1..<KeptHeads.maxLarge { heads.keep(Self.head(8000), at: index) }
        #expect(heads.head(at: 0) == .head(Self.head(8000)))
    }
}
