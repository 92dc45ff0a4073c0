internal import Glibc

/// A tab of the demo: a WebSocket client that knows just enough of RFC 6455 to be one, on a socket that never blocks.
final class DemoTab {
    private let descriptor: Int32
    private var unread: [UInt8] = []
    private var isOpen = false

    /// Connects on this machine and asks for the upgrade; nil where that fails.
    init?(address: [UInt8], port: Int, path: String) {
        let isSix = address.count == 16
        descriptor = socket(isSix ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        // On loopback it is there at once.
        guard Self.connect(descriptor, address, port) == 0 else {
            close(descriptor)
            return nil
        }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        write(
            Array(
                """
                GET \(path) HTTP/1.1\r
                Host: \(isSix ? "[::1]" : "127.0.0.1"):\(port)\r
                User-Agent: Mozilla/5.0 (SkewWatch demo)\r
                Connection: Upgrade\r
                Upgrade: websocket\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: c2tld3dhdGNoLWNoZWNrIQ==\r
                \r\n
                """.utf8))
    }

    deinit { close(descriptor) }

    /// Sends a text message, no longer than a small frame.
    func send(_ text: String) { writeFrame(0x1, Array(text.utf8)) }

    /// Leaves as a page does that is closed.
    func leave() { writeFrame(0x8, [0x03, 0xE9]) }

    /// Reads what has come, and answers pings.
    /// - Returns: false when the server is gone.
    func read() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count == 0 { return false }
            guard count > 0 else { break }
            unread += buffer.prefix(count)
        }
        if !isOpen {
            guard let end = unread.firstRange(of: Array("\r\n\r\n".utf8)) else { return true }
            guard unread.starts(with: Array("HTTP/1.1 101 ".utf8)) else { return false }
            unread.removeSubrange(..<end.upperBound)
            isOpen = true
        }
        while let (opcode, payload) = takeFrame() {
            if opcode == 0x9 { writeFrame(0xA, payload) }
            if opcode == 0x8 { return false }
        }
        return true
    }

    private func takeFrame() -> (opcode: UInt8, payload: [UInt8])? {
        guard unread.count >= 2 else { return nil }
        var (length, start) = (Int(unread[1] & 0x7F), 2)
        if length >= 126 {
            let bytes = length == 126 ? 2 : 8
            guard unread.count >= 2 + bytes else { return nil }
            length = unread[2..<2 + bytes].reduce(0) { $0 << 8 | Int($1) }
            start = 2 + bytes
        }
        guard unread.count >= start + length else { return nil }
        defer { unread.removeSubrange(..<(start + length)) }
        return (unread[0] & 0x0F, Array(unread[start..<start + length]))
    }

    /// Masked with zeros: a mask hides nothing from a server on the same machine.
    private func writeFrame(_ opcode: UInt8, _ payload: [UInt8]) {
        precondition(payload.count < 126, "a demo's frames are small")
        write([0x80 | opcode, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload)
    }

    private func write(_ bytes: [UInt8]) { _ = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

    private static func connect(_ descriptor: Int32, _ address: [UInt8], _ port: Int) -> Int32 {
        var storage = [UInt8](repeating: 0, count: 28)
        let isSix = address.count == 16
        // The family in the machine's order, the port in that of the network, then the address: as sockaddr_in and sockaddr_in6 are.
        unsafe withUnsafeBytes(of: UInt16(isSix ? AF_INET6 : AF_INET)) { unsafe storage.replaceSubrange(0..<2, with: $0) }
        (storage[2], storage[3]) = (UInt8(port >> 8), UInt8(port & 0xFF))
        storage.replaceSubrange((isSix ? 8 : 4)..<(isSix ? 24 : 8), with: address)
        return unsafe storage.withUnsafeBytes { bytes in
            unsafe Glibc.connect(descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(isSix ? 28 : 16))
        }
    }
}
