/// How claims of tabs and answers to them lie on the bus.
enum ClaimFormat {
    private typealias Tag = MessageFormat.Tag

    static func write(_ number: UInt64, _ claims: [TabClaim], to writer: inout ByteWriter) {
        writer.field(Tag.number) { $0.number(number) }
        writer.field(Tag.tabs) { writer in
            for claim in claims {
                write(claim.key, to: &writer)
                writer.number(claim.returns)
            }
        }
    }

    static func write(_ answer: ClaimAnswer, to writer: inout ByteWriter) {
        writer.field(Tag.number) { $0.number(answer.number) }
        writer.field(Tag.asker) { $0.number(UInt64(answer.asker)) }
        guard !answer.yielded.isEmpty else { return }
        writer.field(Tag.tabs) { writer in
            for key in answer.yielded { write(key, to: &writer) }
        }
    }

    static func claims(_ bytes: ArraySlice<UInt8>) throws(MessageError) -> ClusterMessage.Body {
        var reader = ByteReader(bytes)
        var (number, claims): (UInt64?, [TabClaim]) = (nil, [])
        while !reader.isAtEnd {
            var (tag, content) = try reader.field()
            switch tag {
            case Tag.number: number = try content.number()
            case Tag.tabs:
                while !content.isAtEnd {
                    guard claims.count < OwnClaims.maxTold else { throw .value }
                    claims.append(TabClaim(key: try key(&content), returns: try content.count(upTo: Int(UInt32.max))))
                }
            default: break
            }
        }
        guard let number else { throw .missing }
        return .claims(number: number, claims)
    }

    static func answer(_ bytes: ArraySlice<UInt8>) throws(MessageError) -> ClaimAnswer {
        var reader = ByteReader(bytes)
        var (number, asker, yielded): (UInt64?, UInt32?, [TabKey]) = (nil, nil, [])
        while !reader.isAtEnd {
            var (tag, content) = try reader.field()
            switch tag {
            case Tag.number: number = try content.number()
            case Tag.asker: asker = UInt32(exactly: try content.number())
            case Tag.tabs:
                while !content.isAtEnd {
                    guard yielded.count < OwnClaims.maxTold else { throw .value }
                    yielded.append(try key(&content))
                }
            default: break
            }
        }
        guard let number, let asker else { throw .missing }
        return ClaimAnswer(asker: asker, number: number, yielded: yielded)
    }

    private static func write(_ key: TabKey, to writer: inout ByteWriter) {
        writer.word(key.high)
        writer.word(key.low)
    }

    private static func key(_ reader: inout ByteReader) throws(MessageError) -> TabKey {
        TabKey(high: try reader.word(), low: try reader.word())
    }
}
