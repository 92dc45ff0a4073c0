import Glibc

/// One request of an operator on a connection of its own. It waits for the answer, five seconds at most.
enum PlainRequest {
    /// - Returns: status and body; nil where there was no answer.
    static func send(
        _ method: String, _ path: String, to address: Address, host: String, token: String, body: String? = nil
    ) -> (status: Int, body: [UInt8])? {
        let socket = Glibc.socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return nil }
        defer { close(socket) }
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(socket, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        guard unsafe address.withSocketAddress({ unsafe connect(socket, $0, $1) }) == 0 else { return nil }
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\n"
        if let body { head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        var bytes = Array((head + "\r\n" + (body ?? "")).utf8)[...]
        while !bytes.isEmpty {
            let sent = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return nil }
            bytes = bytes.dropFirst(sent)
        }
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe recv(socket, &part, part.count, 0)
            guard count >= 0 else { return nil }
            if count == 0 { break }
            answer += part[..<count]
        }
        return read(answer)
    }

    /// Takes an answer apart that ends with its connection.
    static func read(_ answer: [UInt8]) -> (status: Int, body: [UInt8])? {
        let blank = Array("\r\n\r\n".utf8)
        guard answer.starts(with: Array("HTTP/1.1 ".utf8)), answer.count > 12,
            let status = Int(String(decoding: answer[9..<12], as: UTF8.self)),
            let end = answer.indices.first(where: { answer[$0...].starts(with: blank) })
        else { return nil }
        return (status, Array(answer[(end + 4)...]))
    }
}
