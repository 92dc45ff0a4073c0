import Glibc
import Synchronization

/// A real little HTTP server on a free port of loopback, one thread per connection, that answers what a test tells it to.
final class TinyApp: Sendable {
    struct Request: Sendable {
        /// Names in lower case.
        var headers: [String: String]
        var line: String
        var body: String
    }

    enum Reply: Sendable {
        /// These bytes, and then the end of the connection.
        case bytes(String)
        /// Nothing, for as long as the client waits.
        case silence
        /// The end of the connection, at once.
        case hangUp

        static func status(_ status: Int, _ body: String = "", type: String = "application/json", headers: String = "") -> Reply {
            .bytes(
                "HTTP/1.1 \(status) X\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)Connection: close\r\n\r\n\(body)"
            )
        }
    }

    let port: Int
    private let listener: Int32
    private let seen = Mutex<[Request]>([])
    private let respond: @Sendable (Request) -> Reply

    var url: String { "http://127.0.0.1:\(port)/authorize" }
    var requests: [Request] { seen.withLock { $0 } }

    init(_ respond: @escaping @Sendable (Request) -> Reply) {
        self.respond = respond
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        unsafe withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = unsafe bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            precondition(unsafe bind(descriptor, pointer, length) == 0 && listen(descriptor, 128) == 0)
            precondition(unsafe getsockname(descriptor, pointer, &length) == 0)
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        let accepting = Accepting(listener: listener, app: self)
        startThread { accepting.run() }
    }

    deinit { close(listener) }

    /// Ends the thread that accepts.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private final class Accepting: Sendable {
        let listener: Int32
        let app: TinyApp
        init(listener: Int32, app: TinyApp) {
            self.listener = listener
            self.app = app
        }
        func run() {
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 { return }
                let app = app
                startThread { app.serve(connection) }
            }
        }
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        guard let request = Self.readRequest(connection) else { return }
        seen.withLock { $0.append(request) }
        switch respond(request) {
        case .hangUp: return
        case .silence:
            var byte: UInt8 = 0
            while unsafe recv(connection, &byte, 1, 0) > 0 {}
        case .bytes(let text):
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let sent = unsafe bytes.withUnsafeBytes { unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                if sent <= 0 { return }
                bytes = bytes.dropFirst(sent)
            }
        }
    }

    private static func readRequest(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard unsafe recv(connection, &byte, 1, 0) == 1 else { return nil }
            bytes.append(byte)
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        var request = Request(headers: [:], line: String(lines[0]), body: "")
        for line in lines.dropFirst() {
            let colon = line.firstIndex(of: ":")!
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            request.headers[line[..<colon].lowercased()] = String(value)
        }
        var body: [UInt8] = []
        let length = Int(request.headers["content-length"] ?? "") ?? 0
        while body.count < length, unsafe recv(connection, &byte, 1, 0) == 1 { body.append(byte) }
        request.body = String(decoding: body, as: UTF8.self)
        return request
    }
}

private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func startThread(_ run: @escaping @Sendable () -> Void) {
    var id = pthread_t()
    let context = unsafe Unmanaged.passRetained(Body(run)).toOpaque()
    let failure = unsafe pthread_create(
        &id, nil,
        { context in
            unsafe Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
            return nil
        }, context)
    precondition(failure == 0)
    pthread_detach(id)
}
