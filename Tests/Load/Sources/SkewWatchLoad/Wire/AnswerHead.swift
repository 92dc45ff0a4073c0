/// The head of the server's answer to a handshake, gathered from portions and judged. A value: no socket.
struct AnswerHead {
    /// Why a connection did not come to be.
    enum Refusal: Error, Equatable {
        /// Another status than the one that was asked for.
        case status(Int)
        /// No HTTP, or a head that breaks the rules of the handshake: one sentence.
        case malformed(String)
    }

    /// What is known after a portion.
    enum Progress: Equatable {
        case incomplete
        /// The head is whole and right; what came after it begins at this place of the portion.
        case accepted(rest: Int, isChunked: Bool)
        case refused(Refusal)
    }

    /// A head longer than this is refused.
    static let longest = 16384

    private let transport: Handshake.Transport
    private let key: [UInt8]
    private var head: [UInt8] = []

    init(transport: Handshake.Transport, key: [UInt8]) {
        self.transport = transport
        self.key = key
    }

    /// Takes the next portion.
    mutating func take(_ bytes: Span<UInt8>) -> Progress {
        for position in 0..<bytes.count {
            head.append(bytes[position])
            if head.count > Self.longest { return .refused(.malformed("the answer's head does not end")) }
            if bytes[position] == UInt8(ascii: "\n"), head.suffix(4) == [13, 10, 13, 10] { return judge(rest: position + 1) }
        }
        return .incomplete
    }

    private func judge(rest: Int) -> Progress {
        let lines = head.split(separator: UInt8(ascii: "\n")).map { $0.last == 13 ? $0.dropLast() : $0 }
        let status = lines[0].split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard status.count >= 2, status[0] == Array("HTTP/1.1".utf8)[...], let code = Int(String(decoding: status[1], as: UTF8.self)) else {
            return .refused(.malformed("the answer is not HTTP/1.1"))
        }
        guard code == (transport == .webSocket ? 101 : 200) else { return .refused(.status(code)) }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            fields[name] = String(decoding: line[(colon + 1)...], as: UTF8.self).trimmingSpaces
        }
        return transport == .webSocket ? judgeUpgrade(fields, rest) : judgeStream(fields, rest)
    }

    private func judgeUpgrade(_ fields: [String: String], _ rest: Int) -> Progress {
        guard fields["upgrade"]?.lowercased() == "websocket" else {
            return .refused(.malformed("the answer does not upgrade to websocket"))
        }
        guard fields["connection"]?.lowercased().contains("upgrade") == true else {
            return .refused(.malformed("the answer's Connection is not Upgrade"))
        }
        guard fields["sec-websocket-accept"].map({ Array($0.utf8) }) == Handshake.accept(for: key) else {
            return .refused(.malformed("Sec-WebSocket-Accept does not belong to the key"))
        }
        guard fields["sec-websocket-extensions"] == nil, fields["sec-websocket-protocol"] == nil else {
            return .refused(.malformed("the answer agrees to an extension or subprotocol that nobody asked for"))
        }
        return .accepted(rest: rest, isChunked: false)
    }

    private func judgeStream(_ fields: [String: String], _ rest: Int) -> Progress {
        guard fields["content-type"]?.lowercased().hasPrefix("text/event-stream") == true else {
            return .refused(.malformed("the answer is no text/event-stream"))
        }
        return .accepted(rest: rest, isChunked: fields["transfer-encoding"]?.lowercased() == "chunked")
    }
}

extension String {
    /// Without blanks and tabs at both ends.
    fileprivate var trimmingSpaces: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(self[first...last])
    }
}
