import TestRandom
import Testing

@testable import WebSocketLoop

/// The judge of raw heads against a plain parser of the same rules that splits and compares strings.
@Suite struct RawHeadFuzzTests {
    private static let pieces: [String] = [
        "GET ", "POST ", "OPTIONS ", "HEAD ", "BREW ", "/", "/a", "//", "/..", "/.", "*", "http://a", "?x=1", "&y", ";", "%41", "#", " ",
        "\t",
        "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "\r\n", "\n", "\r", "\0", ":", ": ", "Host: a", "Host:", "Content-Length: 3",
        "Content-Length: ",
        "Transfer-Encoding: chunked", "Upgrade: websocket", "Upgrade: h2c", "Accept: text/event-stream", "Cookie: a=1", "Cookie:", "X: 1",
        "Put: 1", "Con: 1", "Authorization: a", "é", "\u{7f}", "\r\n\r\n", "abc", ",", "A",
    ]

    private static let good = [
        "GET /a?x=1&y HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nCookie: b=1\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Type: x/y\r\n\r\nabc",
        "GET /ws HTTP/1.1\r\n\(RawHeadTests.upgrade)\r\n\u{1}\u{2}", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a/b HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
        "GET /sse HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n",
    ]

    @Test(arguments: Seeds.some(2)) func `both say the same of thousands of mutated heads`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var served = 0
        for round in 0..<6000 {
            var bytes = Array(Self.good.randomElement(using: &random)!.utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) { mutate(&bytes, &random) }
            let decision = RawHead.decide(on: bytes.span)
            let expected = Reference(bytes).decision
            let isSame =
                switch (decision, expected) {
                case (.serve(let a), .serve(let b)): a == b
                case (.refuse, .refuse), (.wait, .wait): true
                // The walk sees a fault as soon as it is there.
                case (.refuse, .wait): true
                default: false
                }
            if case .serve = decision { served += 1 }
            #expect(isSame, "seed \(seed), round \(round): \(decision) for \(String(decoding: bytes, as: UTF8.self).debugDescription)")
            if !isSame { return }
            // What is refused stays refused, and what is served was not judged before it was whole.
            let cut = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            switch (RawHead.decide(on: cut.span), decision) {
            case (.refuse, .serve), (.refuse, .wait): Issue.record("seed \(seed), round \(round): refused too early")
            default: break
            }
        }
        #expect(served > 150, "seed \(seed): the mutations leave nothing to serve")
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let at = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random)!.utf8, at: at)
        case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...6, using: &random)))
        case 2 where at < bytes.count: bytes[at] = UInt8.random(in: .min ... .max, using: &random)
        case 3:
            // A whole line more, at a border.
            let ends = bytes.indices.filter { bytes[$0] == 10 }
            guard let end = ends.randomElement(using: &random) else { return }
            bytes.insert(contentsOf: (Self.pieces.randomElement(using: &random)! + "\r\n").utf8, at: end + 1)
        default: bytes = Array(bytes.prefix(at)) + (Bool.random(using: &random) ? Array(bytes.suffix(from: at)) : [])
        }
    }
}

/// RFC 9112 as strictly as the judge, in the plainest way.
private struct Reference {
    private struct Refusal: Error {}

    private(set) var decision = RawHead.Decision.wait

    init(_ bytes: [UInt8]) {
        guard let end = (0..<max(0, bytes.count - 3)).first(where: { bytes[$0..<$0 + 4].elementsEqual("\r\n\r\n".utf8) }) else { return }
        do {
            decision = .serve(try Self.read(Array(bytes[..<end]), length: end + 4, all: bytes.count))
        } catch {
            decision = .refuse(.headerTooLarge)
        }
    }

    private static func read(_ head: [UInt8], length: Int, all: Int) throws -> RawHead {
        // Latin-1, so that each byte is one character; CR and LF stay two.
        var lines: [[UInt8]] = [[]]
        var index = 0
        while index < head.count {
            if head[index] == 13, index + 1 < head.count, head[index + 1] == 10 {
                lines.append([])
                index += 2
            } else {
                lines[lines.count - 1].append(head[index])
                index += 1
            }
        }
        for line in lines where line.contains(where: { $0 < 32 && $0 != 9 || $0 == 127 }) { throw Refusal() }
        var result = RawHead()
        result.length = length
        let words = lines[0].split(separator: 32, omittingEmptySubsequences: false).map { Array($0) }
        guard words.count == 3, let method = text(words[0]), ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(method),
            let version = text(words[2]), version == "HTTP/1.1" || version == "HTTP/1.0"
        else { throw Refusal() }
        result.target = try target(words[1], method: method)
        result.method = RequestHead.Method(rawValue: method)!
        result.isHTTP11 = version == "HTTP/1.1"
        let start = words[0].count + 1
        let end = start + words[1].count
        let query = words[1].firstIndex(of: 63).map { start + $0 + 1..<end } ?? end..<end
        result.query = query.isEmpty ? 0..<0 : query
        if result.target != .asterisk {
            let pathEnd = words[1].firstIndex(of: 63).map { start + $0 } ?? end
            let authority = result.target == .origin ? 0 : words[1].prefix { $0 != 58 }.count + 3
            let slash = words[1][authority...].firstIndex(of: 47).map { start + $0 } ?? pathEnd
            result.path = slash < pathEnd ? slash..<pathEnd : 0..<0
            if result.target == .absolute { result.authority = start + authority..<min(slash, pathEnd) }
        }
        var fields: [(name: String, value: [UInt8])] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: 58), colon > 0, let name = text(Array(line[..<colon])),
                name.utf8.allSatisfy({ "!#$%&'*+-.^_`|~".utf8.contains($0) || isAlphanumeric($0) })
            else { throw Refusal() }
            let value = line[(colon + 1)...].drop { $0 == 32 || $0 == 9 }
            fields.append((name.lowercased(), Array(value.reversed().drop { $0 == 32 || $0 == 9 }.reversed())))
        }
        guard fields.count <= RawHead.maxLines else { throw Refusal() }
        func values(_ name: String) -> [[UInt8]] { fields.filter { $0.name == name }.map(\.value) }
        for (name, value) in fields where value.isEmpty && values(name).count > 1 { throw Refusal() }
        let singles = [
            "authorization", "content-type", "expect", "sec-fetch-site", "sec-websocket-key", "sec-websocket-version", "upgrade",
            "content-length", "host",
        ]
        for name in singles where values(name).count > 1 { throw Refusal() }
        guard values("transfer-encoding").isEmpty else { throw Refusal() }
        guard values("host").count == 1 || version == "HTTP/1.0" else { throw Refusal() }
        if let host = values("host").first {
            guard !host.isEmpty, host.allSatisfy({ "-._~:[]%".utf8.contains($0) || isAlphanumeric($0) || $0 >= 128 }) else {
                throw Refusal()
            }
        }
        if let length = values("content-length").first {
            guard (1...15).contains(length.count), length.allSatisfy({ (48...57).contains($0) }) else { throw Refusal() }
            result.bodyLength = Int(text(length)!)!
        }
        let upgrade = values("upgrade").first.flatMap { text($0)?.lowercased() ?? "other" } ?? ""
        let connection = values("connection").flatMap { $0.split { $0 == 44 || $0 == 32 || $0 == 9 } }.map { $0.map { lower($0) } }
        let isHandshake = upgrade == "websocket" && connection.contains(Array("upgrade".utf8)) && result.isHTTP11
        let events = values("accept").contains { $0.map { lower($0) }.firstRange(of: Array("text/event-stream".utf8)) != nil }
        result.kind = isHandshake ? .handshake : events && method == "GET" ? .stream : .plain
        if result.kind == .plain, all > length + result.bodyLength || length > 8192 { throw Refusal() }
        return result
    }

    private static func target(_ bytes: [UInt8], method: String) throws -> RawHead.Target {
        if bytes == [42] {
            guard method == "OPTIONS" else { throw Refusal() }
            return .asterisk
        }
        guard !bytes.contains(35), !bytes.contains(9) else { throw Refusal() }
        let parts = bytes.split(separator: 63, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
        guard let before = parts.first, let location = text(before) else { throw Refusal() }
        var path = location
        var target = RawHead.Target.origin
        if !location.hasPrefix("/") {
            let lower = location.lowercased()
            guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else { throw Refusal() }
            let rest = location.dropFirst(scheme.count)
            let authority = rest.prefix { $0 != "/" }
            guard !authority.isEmpty, authority.utf8.allSatisfy({ "-._~:[]%".utf8.contains($0) || isAlphanumeric($0) }) else {
                throw Refusal()
            }
            path = String(rest.dropFirst(authority.count))
            target = .absolute
            if path.isEmpty { return target }
        }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard !segments.contains("."), !segments.contains(".."), !segments.dropLast().contains(""), !path.contains("%"),
            !path.contains("\\")
        else { throw Refusal() }
        return target
    }

    private static func text(_ bytes: [UInt8]) -> String? {
        bytes.allSatisfy { $0 > 32 && $0 < 127 } ? String(decoding: bytes, as: UTF8.self) : nil
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}
